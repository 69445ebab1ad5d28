// Calls to the relay that served this page: same origin, JSON, no cookie. A refusal is a problem document with a stable code.
import { Problem, SessionResponse, type PageReport, type SessionRequest } from "@cybs/contract";
import * as z from "zod/mini";

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: z.infer<typeof Problem> };

const unreachable = { type: "about:blank", title: "The payment service cannot be reached.", status: 0, code: "relay_unreachable" };
const CALL_MS_MAX = 25_000;

async function call(method: "POST" | "PUT", path: string, body: unknown, isLast = false): Promise<Response | undefined> {
  try {
    return await fetch(path, { method, credentials: "omit", cache: "no-store", redirect: "error", keepalive: isLast, signal: AbortSignal.timeout(CALL_MS_MAX), headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    return undefined;
  }
}

async function problemOf(response: Response | undefined): Promise<{ readonly ok: false; readonly problem: z.infer<typeof Problem> }> {
  if (response === undefined) return { ok: false, problem: unreachable };
  const parsed = Problem.safeParse(await response.json().catch(() => undefined));
  return { ok: false, problem: parsed.success ? parsed.data : { ...unreachable, status: response.status } };
}

export async function openSession(request: SessionRequest): Promise<Answer<SessionResponse>> {
  const response = await call("POST", "/card-entry/sessions", request);
  if (response?.status !== 201) return problemOf(response);
  const parsed = SessionResponse.safeParse(await response.json().catch(() => undefined));
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, problem: unreachable };
}

/** The same body may be sent again: it is answered the same. */
export async function storeToken(sessionId: string, nonce: string, transientToken: string): Promise<Answer<undefined>> {
  for (let tries = 0; tries < 3; tries++) {
    const response = await call("PUT", `/card-entry/sessions/${sessionId}/transient-token`, { nonce, transientToken });
    if (response?.status === 204) return { ok: true, value: undefined };
    if (response !== undefined && response.status < 500) return problemOf(response);
  }
  return { ok: false, problem: unreachable };
}

/** What the page saw in itself. Told once; who runs the relay is alarmed. */
export async function reportForeign(organizationId: string, foreign: Pick<PageReport, "kind" | "what">): Promise<void> {
  await call("POST", "/card-entry/reports", { organizationId, ...foreign }, true);
}

/** "Look now." Sent a few times: it is only a hint, and a lost one costs the sweep's seconds. */
export async function poke(organizationId: string, paymentRequestId: string): Promise<void> {
  for (const delayMs of [0, 1_500, 4_000]) {
    await new Promise((resolve) => { setTimeout(resolve, delayMs); });
    const response = await call("POST", "/pokes", { organizationId, paymentRequestId }, true);
    if (response?.ok === true) return;
  }
}
