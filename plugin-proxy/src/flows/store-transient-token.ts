// The transient token arrives from the card-entry page: verified with the key of its own session's context, sealed, kept at most
// fifteen minutes, bound to row, nonce and context. The same body again is answered the same; the same token elsewhere is a replay.
import type { Result } from "../domain/result.ts";
import { err, ok } from "../domain/result.ts";
import { MINUTE_MS } from "../domain/time.ts";
import type { Session } from "../ports/ledger.ts";
import type { TransientToken } from "../ports/gateway.ts";
import { tokenContext } from "./build-call.ts";
import type { FlowDeps } from "./deps.ts";

export interface StoreTransientTokenInput {
  readonly sessionId: string;
  readonly nonce: string;
  readonly transientToken: string;
}
export type TokenRefusalCode = "session_expired" | "nonce_wrong" | "token_of_other_context" | "token_replayed" | "invalid_request";

const TOKEN_LIFE_MS_MAX = 15 * MINUTE_MS;

/** Keeps the token, and wakes the request it belongs to in case it was submitted already. */
export async function storeTransientToken(deps: FlowDeps, input: StoreTransientTokenInput): Promise<Result<{ readonly lastFour: string }, { readonly code: TokenRefusalCode }>> {
  const wire = deps.clocks.wire();
  const session = await deps.ledger.transaction((tx) => tx.loadSession(input.sessionId));
  if (session?.tokenKey === undefined || session.expiresAt <= wire) return err({ code: "session_expired" });
  if (!deps.hasher.isEqual(deps.hasher.sha256Hex(input.nonce), session.nonceHash)) return err({ code: "nonce_wrong" });
  const token = deps.gateway.verifyTransientToken({ jwt: input.transientToken, tokenKey: session.tokenKey, at: wire });
  if ("problem" in token) {
    return err({ code: token.problem === "not_a_token" ? "invalid_request" : token.problem === "token_expired" ? "session_expired" : "token_of_other_context" });
  }
  const stored = await keepToken(deps, session, input.transientToken, token);
  if (stored === "replayed") return err({ code: "token_replayed" });
  deps.wake();
  return ok({ lastFour: token.lastFour });
}

async function keepToken(deps: FlowDeps, session: Session, jwt: string, token: TransientToken): Promise<"stored" | "same" | "replayed"> {
  const { organizationId, paymentRequestId } = session;
  return deps.ledger.transaction(async (tx) => {
    const stored = await tx.putTransientToken({
      organizationId, paymentRequestId, sessionId: session.sessionId, jti: token.jti, bodyHash: deps.hasher.sha256Hex(jwt),
      sealed: deps.sealer.seal(jwt, tokenContext(session)), expiresAt: Math.min(token.expiresAt, deps.clocks.wire() + TOKEN_LIFE_MS_MAX),
      lastFour: token.lastFour, typeCode: token.typeCode, expirationMonth: token.expirationMonth, expirationYear: token.expirationYear,
    });
    // A submitted request may be waiting for exactly this token.
    const intent = stored === "stored" ? await tx.loadIntent(organizationId, paymentRequestId) : undefined;
    if (intent !== undefined) await tx.schedule({ kind: "advance", organizationId, key: paymentRequestId, dueAt: deps.clocks.business() });
    return stored;
  });
}
