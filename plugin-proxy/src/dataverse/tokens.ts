// Access tokens by client credentials, one an organization, asked for once however many calls wait, and renewed before they end.
// learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
import { z } from "zod";
import type { OrganizationId } from "../domain/ids.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../domain/time.ts";
import type { DataverseConnection, Exchange } from "./connection.ts";

export type TokenAnswer = { readonly kind: "token"; readonly token: string } | { readonly kind: "no_token"; readonly cause: string };
export interface Tokens {
  get(organizationId: OrganizationId, connection: DataverseConnection): Promise<TokenAnswer>;
  /** Dataverse refused it (401): the next get asks for a new one, unless somebody has done so already. */
  drop(organizationId: OrganizationId, token: string): void;
}

const TokenResponse = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });
const RENEW_BEFORE_MS = 5 * MINUTE_MS;

interface Held {
  readonly token: string;
  readonly renewAt: Instant;
}

export function createTokens(exchange: Exchange, now: () => Instant): Tokens {
  const held = new Map<OrganizationId, Held>();
  const asking = new Map<OrganizationId, Promise<TokenAnswer>>();

  async function ask(organizationId: OrganizationId, connection: DataverseConnection): Promise<TokenAnswer> {
    const answer = await requestToken(exchange, connection);
    if (answer.kind === "no_token") return answer;
    const lifeMs = answer.expiresInS * SECOND_MS;
    held.set(organizationId, { token: answer.token, renewAt: now() + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 2) });
    return { kind: "token", token: answer.token };
  }

  return {
    async get(organizationId, connection) {
      const current = held.get(organizationId);
      if (current !== undefined && current.renewAt > now()) return { kind: "token", token: current.token };
      const running = asking.get(organizationId) ?? ask(organizationId, connection).finally(() => asking.delete(organizationId));
      asking.set(organizationId, running);
      return running;
    },
    drop(organizationId, token) {
      if (held.get(organizationId)?.token === token) held.delete(organizationId);
    },
  };
}

async function requestToken(exchange: Exchange, connection: DataverseConnection): Promise<{ kind: "token"; token: string; expiresInS: number } | { kind: "no_token"; cause: string }> {
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: connection.clientId, client_secret: connection.clientSecret, scope: `${connection.url}/.default` });
  const answer = await exchange({ url: connection.tokenUrl, headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" }, body: form.toString() });
  if (answer.kind === "no_answer") return { kind: "no_token", cause: `token endpoint: ${answer.cause}` };
  if (answer.status !== 200) return { kind: "no_token", cause: `token endpoint answered ${answer.status}` };
  const parsed = TokenResponse.safeParse(parseOrUndefined(answer.text));
  return parsed.success ? { kind: "token", token: parsed.data.access_token, expiresInS: parsed.data.expires_in } : { kind: "no_token", cause: "token endpoint answered something unreadable" };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
