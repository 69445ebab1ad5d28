// The payment page as it arrives at its public address. No redirect is followed, a bounded answer, a few seconds; what cannot be reached from
// here (a private address of a balancer) is no finding.
import { Agent } from "undici";
import type { PaymentPage } from "../ports/payment-page.ts";

const DEADLINE_MS = 10_000;
const BYTES_MAX = 2 * 1024 * 1024;

export function readPublicPage(publicUrl: string, ca: string | undefined): PaymentPage["seen"] {
  const origin = new URL(publicUrl).origin;
  return async (path) => {
    const agent = new Agent({ maxResponseSize: BYTES_MAX, connect: { timeout: DEADLINE_MS, ...(ca === undefined ? {} : { ca }) } });
    try {
      const answer = await agent.request({ origin, path, method: "GET", headersTimeout: DEADLINE_MS, bodyTimeout: DEADLINE_MS, signal: AbortSignal.timeout(DEADLINE_MS) });
      return { status: answer.statusCode, text: await answer.body.text(), headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])) };
    } catch {
      return undefined;
    } finally {
      await agent.close();
    }
  };
}
