// The certificate of an application: PEM with certificate and key in one file, or the key by reference. MSAL signs with it (client assertion).
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SignInSettings } from "../configuration/environment-file.ts";
import type { Secrets } from "../configuration/secrets.ts";
import { Stop } from "../stop.ts";

export interface ClientCertificate { readonly thumbprintSha256: string; readonly privateKey: string; readonly x5c: string }

/** Stops when file or key are not there or not PEM. */
export async function readCertificate(settings: SignInSettings, secrets: Secrets): Promise<ClientCertificate> {
  const { certificateFile } = settings;
  if (certificateFile === undefined) throw new Stop("sign_in_incomplete", { way: "certificate", missing: "signIn.certificateFile" });
  let pem: string;
  try { pem = readFileSync(certificateFile, "utf8"); } catch { throw new Stop("secret_missing", { reference: certificateFile }); }
  const x5c = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(pem)?.[0];
  const inFile = /-----BEGIN (?:\w+ )?PRIVATE KEY-----[\s\S]+?-----END (?:\w+ )?PRIVATE KEY-----/.exec(pem)?.[0];
  if (x5c === undefined) throw new Stop("sign_in_incomplete", { way: "certificate", missing: `a certificate in PEM form in ${certificateFile}` });
  if (inFile === undefined && settings.privateKey === undefined) throw new Stop("sign_in_incomplete", { way: "certificate", missing: "the private key, in the same file or as signIn.privateKey" });
  return { x5c, privateKey: inFile ?? await secrets.read(settings.privateKey ?? ""), thumbprintSha256: new X509Certificate(x5c).fingerprint256.replaceAll(":", "") };
}
