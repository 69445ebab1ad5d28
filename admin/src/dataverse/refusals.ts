// What Dataverse's refusals mean for the person at the command line. Codes: learn.microsoft.com/power-apps/developer/data-platform/reference/web-service-error-codes
import { readJson, type HttpAnswer } from "../network.ts";
import { Stop } from "../stop.ts";

export interface Refusal { readonly status: number; readonly code: string; readonly message: string }

const PRIVILEGE = new Set(["0x80040220", "0x80048306", "0x80042f09", "0x80072560", "0x80040225"]);

export function refusalOf(answer: HttpAnswer): Refusal | undefined {
  if (answer.kind === "no_answer" || answer.status < 300) return undefined;
  const body = readJson(answer.text);
  const error = typeof body === "object" && body !== null && "error" in body && typeof body.error === "object" && body.error !== null ? body.error as { code?: unknown; message?: unknown } : {};
  return { status: answer.status, code: typeof error.code === "string" ? error.code.toLowerCase() : "", message: typeof error.message === "string" ? error.message.slice(0, 1_500) : `HTTP ${answer.status}` };
}

/** The stop that fits an answer which is not a success. */
export function stopFor(url: string, answer: HttpAnswer): Stop {
  const refusal = refusalOf(answer);
  if (refusal === undefined) return new Stop("dataverse_unreachable", { url }, answer.kind === "no_answer" ? `(${answer.cause})` : undefined);
  if (refusal.status === 401) return new Stop("not_signed_in_here", { url }, refusal.message);
  if (refusal.status === 403 || PRIVILEGE.has(refusal.code)) return new Stop("no_privilege", {}, refusal.message);
  if (refusal.status >= 500 || refusal.status === 429) return new Stop("dataverse_unreachable", { url }, `(${refusal.message})`);
  return new Stop("dataverse_refused", { message: refusal.message });
}
