// One file per environment: which Dataverse, how to sign in, which relay, which merchant accounts. No secrets: only references to them.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { Stop } from "../stop.ts";

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;
const origin = z.string().refine(isOrigin, "must be an origin like https://contoso.crm.dynamics.com, without a path");
/** env:NAME, file:/path or keyvault:https://vault.vault.azure.net/secrets/name. A value as it is would be a secret in a file that is meant for git. */
export const reference = z.string().regex(/^(env:\w+|file:.+|keyvault:https:\/\/[^/]+\/secrets\/[\w-]+(\/\w+)?)$/, "must be a reference: env:NAME, file:/path or keyvault:https://…/secrets/name");
/** First those that need nobody; device code last, since many tenants block it. */
export const WAYS = ["browser", "az", "pac", "certificate", "managed_identity", "client_secret", "device_code"] as const;
export type Way = (typeof WAYS)[number];
export const CLOUDS = ["public", "us_government", "us_department_of_defense", "china"] as const;

const SignIn = z.strictObject({
  way: z.enum(WAYS).default("browser"), cloud: z.enum(CLOUDS).default("public"),
  /** Tenant id or domain. */
  tenant: z.string().min(1).default("organizations"), clientId: z.string().min(1).optional(),
  /** Another authority than the cloud's, https://host/tenant. */
  authority: z.url().optional(),
  certificateFile: z.string().min(1).optional(), privateKey: reference.optional(), clientSecret: reference.optional(),
});
export type SignInSettings = z.infer<typeof SignIn>;

export const ABILITIES = ["multicapture", "reversalaftervoid", "captureaftervoid", "timeoutvoid", "incremental", "standalonecredit", "partialreversal"] as const;
const Merchant = z.strictObject({
  merchantId: z.string().min(1).max(30), environment: z.enum(["test", "production"]), businessUnit: z.string().min(1), currency: z.string().regex(/^[A-Z]{3}$/),
  authentication: z.enum(["jwt", "http_signature", "jwt_certificate"]).default("jwt"), keyId: z.string().min(1).optional(),
  sharedSecret: reference.optional(), p12File: z.string().min(1).optional(), p12Password: reference.optional(), portfolioId: z.string().min(1).optional(),
  /** When the key was made; doctor counts from here. */
  keyCreatedOn: z.iso.date().optional(),
  abilities: z.array(z.enum(ABILITIES)).default([]),
  /** What signs Cybersource's notifications for this merchant id; setup has it made. */
  webhookKey: z.strictObject({ keyId: z.string().min(1), key: reference }).optional(),
});
export type MerchantSettings = z.infer<typeof Merchant>;

export const EnvironmentFile = z.strictObject({
  dataverse: z.strictObject({ url: origin, organizationId: z.guid().optional(), environmentType: z.enum(["sandbox", "production"]).optional() }),
  signIn: SignIn.prefault({}),
  relay: z.strictObject({ url: origin, applicationId: z.guid().optional(), webhookKey: reference.optional(), operationsKey: reference.optional() }).optional(),
  cybersource: z.strictObject({ host: z.string().regex(/^[a-z0-9.-]+(:\d+)?$/i).default("apitest.cybersource.com") }).prefault({}),
  merchants: z.array(Merchant).default([]),
  embeddingOrigins: z.array(origin).default([]),
});
export type Environment = z.infer<typeof EnvironmentFile>;

/** Reads it; stops with every mistake in a line. */
export function readEnvironment(file: string): Environment {
  let text: string;
  try { text = readFileSync(file, "utf8"); } catch { throw new Stop("environment_file_missing", { file }); }
  let json: unknown;
  try { json = JSON.parse(text); } catch { throw new Stop("environment_file_invalid", { file }, "It is not JSON."); }
  const parsed = EnvironmentFile.safeParse(json);
  // A strict object names the member that is too much; what stands in it is not quoted.
  if (!parsed.success) throw new Stop("environment_file_invalid", { file }, parsed.error.issues.map((issue) => `${issue.path.join(".") || "file"}: ${issue.message}.`).join(" "));
  return parsed.data;
}

/** Writes it whole or not at all. */
export function writeEnvironment(file: string, environment: Environment): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(EnvironmentFile.parse(environment), undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}
