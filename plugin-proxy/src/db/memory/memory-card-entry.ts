// Sessions, transient tokens and sealed details in memory.
import type { LedgerTransaction, Session, StoredToken } from "../../ports/ledger.ts";
import { keyOf, type MemoryTables } from "./memory-tables.ts";

type CardEntry = Pick<LedgerTransaction, "insertSession" | "loadSession" | "latestSession" | "putTransientToken" | "loadTransientToken" | "discardTransientToken" | "putDetail" | "loadDetail" | "discardDetail">;

export function cardEntryOver(tables: MemoryTables): CardEntry {
  return {
    insertSession: async (session) => insertSession(tables, session),
    loadSession: async (sessionId) => tables.sessions.get(sessionId),
    latestSession: async (organizationId, paymentRequestId) => latest(tables.sessionsByRequest.get(keyOf(organizationId, paymentRequestId)) ?? []),
    putTransientToken: async (token) => putToken(tables, token),
    loadTransientToken: async (organizationId, paymentRequestId) => loadToken(tables, keyOf(organizationId, paymentRequestId)),
    discardTransientToken: async (organizationId, paymentRequestId) => { discardTokens(tables, keyOf(organizationId, paymentRequestId)); },
    putDetail: async (organizationId, paymentRequestId, sealed) => { tables.details.set(keyOf(organizationId, paymentRequestId), sealed); },
    loadDetail: async (organizationId, paymentRequestId) => tables.details.get(keyOf(organizationId, paymentRequestId)),
    discardDetail: async (organizationId, paymentRequestId) => { tables.details.delete(keyOf(organizationId, paymentRequestId)); },
  };
}

const latest = (sessions: readonly Session[]): Session | undefined => [...sessions].sort((left, right) => right.mintedAt - left.mintedAt)[0];

function insertSession(tables: MemoryTables, session: Session): "inserted" | "nonce_spent" {
  const nonce = keyOf(session.organizationId, session.nonceHash);
  if (tables.nonces.has(nonce) || tables.sessions.has(session.sessionId)) return "nonce_spent";
  tables.nonces.set(nonce, true);
  tables.sessions.set(session.sessionId, session);
  const request = keyOf(session.organizationId, session.paymentRequestId);
  tables.sessionsByRequest.set(request, [...(tables.sessionsByRequest.get(request) ?? []), session]);
  return "inserted";
}

function putToken(tables: MemoryTables, token: StoredToken): "stored" | "same" | "replayed" {
  const key = keyOf(token.organizationId, token.jti);
  const known = tables.tokens.get(key)?.token;
  if (known !== undefined) return known.sessionId === token.sessionId && known.bodyHash === token.bodyHash ? "same" : "replayed";
  tables.tokens.set(key, { token, hasSecret: true });
  const request = keyOf(token.organizationId, token.paymentRequestId);
  tables.tokensByRequest.set(request, [...(tables.tokensByRequest.get(request) ?? []), key]);
  return "stored";
}

function loadToken(tables: MemoryTables, request: string): StoredToken | undefined {
  const records = (tables.tokensByRequest.get(request) ?? []).map((key) => tables.tokens.get(key)).filter((record) => record?.hasSecret === true);
  return records.map((record) => record?.token).filter((token) => token !== undefined).sort((left, right) => right.expiresAt - left.expiresAt)[0];
}

function discardTokens(tables: MemoryTables, request: string): void {
  for (const key of tables.tokensByRequest.get(request) ?? []) {
    const record = tables.tokens.get(key);
    if (record?.hasSecret === true) tables.tokens.set(key, { token: { ...record.token, sealed: new Uint8Array() }, hasSecret: false });
  }
}
