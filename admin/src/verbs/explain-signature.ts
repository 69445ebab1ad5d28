// explain-signature: for a call that Cybersource refused, what was signed beside what should have been, the first difference marked. Asks
// nobody and sends nothing.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { explainSignature } from "../plans/explain-signature.ts";
import { readCall } from "../plans/read-call.ts";
import { Stop } from "../stop.ts";
import { textOf, type Context, type Report, type Values, type Verb } from "../verb.ts";

export const explainSignatureVerb: Verb = {
  name: "explain-signature",
  argument: { name: "file", about: "The call as sent: JSON with method, url, headers and body, or a curl command; - reads it from stdin.", isRequired: true },
  summary: "For a failing call to Cybersource: canonical string, digest and claims beside what was sent, first difference marked.",
  options: [{ flags: "--merchant-id <id>", about: "Which merchant account of the environment file signed; default: the first." }],
  run: explain,
};

async function explain(context: Context, values: Values, argument = ""): Promise<Report> {
  const call = readCall(readInput(context, argument));
  if (typeof call === "string") throw new Stop("call_not_readable", { file: argument, why: call });
  const { merchants } = context.environment();
  const wanted = textOf(values, "merchantId");
  const merchant = merchants.find((one) => wanted === undefined || one.merchantId === wanted);
  if (merchant === undefined) throw new Stop("unresolved_reference", { what: `Merchant account ${wanted ?? ""}` });
  const sharedSecret = merchant.sharedSecret === undefined ? undefined : await context.secrets.read(merchant.sharedSecret);
  const explained = explainSignature(call, { merchantId: merchant.merchantId, keyId: merchant.keyId, sharedSecret, nowMs: context.clock.now() });
  context.screen.show(`Signed by ${explained.scheme.replace("_", " ")}:\n${explained.canonical.replace(/^/gm, "    ")}\n`);
  for (const one of explained.lines) context.screen.show(`${one.isSame ? "✓" : one.what === explained.firstDifference ? "▶" : "✗"} ${one.what}\n    sent      ${one.sent}${one.isSame ? "" : `\n    expected  ${one.expected}${one.hint === undefined ? "" : `\n    ${one.hint}`}`}`);
  context.screen.show(explained.firstDifference === undefined ? "\nWhat was signed is right. If Cybersource still answers 401, the key was deleted, has expired, or belongs to the other environment (test or live)." : `\nFirst difference: ${explained.firstDifference}`);
  return { ...explained };
}

function readInput(context: Context, argument: string): string {
  try { return readFileSync(argument === "-" ? 0 : resolve(context.workingFolder, argument), "utf8"); } catch { throw new Stop("call_not_readable", { file: argument, why: "the file cannot be read" }); }
}
