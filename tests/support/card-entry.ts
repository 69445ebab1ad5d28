// A card picker and its page without a browser: a draft with the hash of a nonce, a session, a token, a submit. Each step can be spoilt.
import { createHash, randomBytes } from "node:crypto";
import { CHOICE, request, type Row, type Stage } from "./stage.ts";

export interface Answer { readonly status: number; readonly headers: Headers; readonly body: Row }
export interface Draft { readonly id: string; readonly orderId: string; readonly nonce: string; readonly by: string }

const CARD = { number: "4111111111111111", securityCode: "123", expirationMonth: "12", expirationYear: "2031" };

export const newNonce = (): string => randomBytes(32).toString("base64url");
export const hashOf = (nonce: string): string => createHash("sha256").update(nonce).digest("hex");

/** A draft for a new card, with the hash of a fresh nonce on it, as the card picker writes it. */
export async function draft(stage: Stage, price: number, more: { readonly by?: string; readonly orderId?: string; readonly extra?: Readonly<Record<string, unknown>> } = {}): Promise<Draft> {
  const by = more.by ?? "salesrep";
  const orderId = more.orderId ?? await stage.order(price);
  const nonce = newNonce();
  const id = await request(stage, { orderId, amount: price, state: CHOICE, by, more: { cybs_noncehash: hashOf(nonce), ...more.extra } });
  return { id, orderId, nonce, by };
}

async function ask(stage: Stage, method: string, path: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${stage.relayUrl}${path}`, { method, headers: { "content-type": "application/json", origin: stage.relayUrl }, body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) as Row };
}

export const openSession = (stage: Stage, of: Draft, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> => ask(stage, "POST", "/card-entry/sessions", {
  organizationId: stage.dataverse.organizationId, paymentRequestId: of.id, nonce: of.nonce, ancestorOrigins: [new URL(stage.relayUrl).origin.replace(/\d+$/, (port) => String(Number(port) - 1))], card: true, ...more,
});

export const storeToken = (stage: Stage, session: Answer, nonce: string, transientToken: string): Promise<Answer> => ask(stage, "PUT", `/card-entry/sessions/${String(session.body["sessionId"])}/transient-token`, { nonce, transientToken });

/** What Flex's fields do with the number: their own origin makes the token for this capture context. */
export async function tokenFor(stage: Stage, session: Answer, card: Partial<typeof CARD> = {}): Promise<string> {
  const [, payload] = String(session.body["captureContext"]).split(".");
  const context = JSON.parse(Buffer.from(payload ?? "", "base64url").toString("utf8")) as { flx: { data: string } };
  const answer = await fetch(`${stage.cybersource.browserUrl}/flex/v2/tokens`, { method: "POST", body: JSON.stringify({ data: context.flx.data, ...CARD, ...card }) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

/** The control's last step: one update, then the page's poke. */
export async function submitDraft(stage: Stage, of: Draft): Promise<void> {
  await stage.as(of.by).send("PATCH", `cybs_paymentrequests(${of.id})`, { cybs_state: CHOICE + 1, cybs_validuntil: new Date(stage.clock.now().getTime() + 15 * 60_000).toISOString() });
  await ask(stage, "POST", "/pokes", { organizationId: stage.dataverse.organizationId, paymentRequestId: of.id });
}

/** The whole way, for a card that Cybersource will accept or not, by its amount. */
export async function payWithNewCard(stage: Stage, price: number, by = "salesrep"): Promise<Draft> {
  const of = await draft(stage, price, { by });
  const session = await openSession(stage, of);
  await storeToken(stage, session, of.nonce, await tokenFor(stage, session));
  await submitDraft(stage, of);
  return of;
}
