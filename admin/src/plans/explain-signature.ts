// What a failing call signed beside what it should have signed: JWT claim by claim, HTTP Signature line by line, the first difference marked.
// Pure. The shared secret is used here and shown nowhere; a signature is compared, never printed whole.
import { createHash, createHmac } from "node:crypto";

export interface SentCall { readonly method: string; readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string | undefined }
export interface Known { readonly merchantId: string; readonly keyId: string | undefined; /** Base64, as the Business Center shows it. */ readonly sharedSecret: string | undefined; readonly nowMs: number }
export interface Line { readonly what: string; readonly sent: string; readonly expected: string; readonly isSame: boolean; readonly hint?: string }
export interface Explanation { readonly scheme: "jwt" | "http_signature" | "none"; readonly canonical: string; readonly lines: readonly Line[]; readonly firstDifference: string | undefined }

const LIFE_S_MAX = 120;
const line = (what: string, sent: string, expected: string, hint?: string): Line => ({ what, sent, expected, isSame: sent === expected, ...(sent === expected || hint === undefined ? {} : { hint }) });

export function explainSignature(call: SentCall, known: Known): Explanation {
  const headers = Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const bearer = /^Bearer (.+)$/i.exec(headers["authorization"] ?? "")?.[1];
  const explained = bearer !== undefined ? explainJwt({ ...call, headers }, known, bearer) : headers["signature"] !== undefined ? explainHttp({ ...call, headers }, known, headers["signature"]) : { scheme: "none" as const, canonical: "", lines: [line("authentication", "none", "Authorization: Bearer … or Signature: …", "The call carries neither; Cybersource answers 401.")] };
  return { ...explained, firstDifference: explained.lines.find((one) => !one.isSame)?.what };
}

type Explained = Omit<Explanation, "firstDifference">;
const digestOf = (body: string | undefined): string => (body === undefined ? "" : createHash("sha256").update(body).digest("base64"));

function explainJwt(call: SentCall, known: Known, jwt: string): Explained {
  const [head = "", body = "", signature = ""] = jwt.split(".");
  const header = decode(head);
  const claims = decode(body);
  const target = new URL(call.url);
  const of = (name: string): string => { const value = claims[name]; return typeof value === "string" || typeof value === "number" ? String(value) : "(missing)"; };
  const iat = Number(claims["iat"]);
  const exp = Number(claims["exp"]);
  const aheadS = iat - Math.floor(known.nowMs / 1000);
  const lines = [
    ...(known.keyId === undefined ? [] : [line("header kid", typeof header["kid"] === "string" ? header["kid"] : "(missing)", known.keyId, "The key id is not the one of the environment file: another key signed.")]),
    line("claim v-c-merchant-id", of("v-c-merchant-id"), known.merchantId, "The key belongs to one merchant id, and the claim must name it."),
    line("claim request-method", of("request-method"), call.method.toLowerCase(), "The method in lower case."),
    line("claim request-host", of("request-host"), target.host, "Host with its port, without https://."),
    line("claim request-resource-path", of("request-resource-path"), target.pathname, "The path alone, without the query."),
    line("claim digest", call.body === undefined ? (claims["digest"] === undefined ? "(none)" : of("digest")) : of("digest"), call.body === undefined ? "(none)" : digestOf(call.body), "The digest is not that of the body as it was sent: something changed the bytes after signing (white space, encoding, a proxy)."),
    line("claim v-c-jwt-version", of("v-c-jwt-version"), "2"),
    line("life (exp − iat)", exp - iat > 0 && exp - iat <= LIFE_S_MAX ? "up to 120 s" : `${exp - iat} s`, "up to 120 s", "A longer life is refused."),
    line("iat beside this clock", Math.abs(aheadS) <= LIFE_S_MAX ? "within 120 s" : `${aheadS} s ${aheadS > 0 ? "ahead" : "behind (or an old recording)"}`, "within 120 s", "The clock of the machine that signed is off, or the call was recorded a while ago."),
    ...signatureLine(known, `${head}.${body}`, signature, "base64url"),
  ];
  return { scheme: "jwt", canonical: `${JSON.stringify(header)}\n${JSON.stringify(claims, undefined, 2)}`, lines };
}

function explainHttp(call: SentCall, known: Known, signatureHeader: string): Explained {
  const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(signatureHeader)?.[1] ?? "(missing)";
  const target = new URL(call.url);
  const digest = call.body === undefined ? "(none)" : `SHA-256=${digestOf(call.body)}`;
  const names = part("headers").split(" ");
  const expectedNames = ["host", call.headers["v-c-date"] === undefined ? "date" : "v-c-date", names.includes("(request-target)") ? "(request-target)" : "request-target", ...(call.body === undefined ? [] : ["digest"]), "v-c-merchant-id"].join(" ");
  const valueOf = (name: string): string => (name.includes("request-target") ? `${call.method.toLowerCase()} ${target.pathname}${target.search}` : name === "host" ? target.host : call.headers[name] ?? "(missing)");
  const canonical = names.map((name) => `${name}: ${valueOf(name)}`).join("\n");
  const sentDate = Date.parse(call.headers["date"] ?? call.headers["v-c-date"] ?? "");
  const aheadS = Math.round((sentDate - known.nowMs) / 1000);
  const lines = [
    ...(known.keyId === undefined ? [] : [line("keyid", part("keyid"), known.keyId, "Another key signed.")]),
    line("algorithm", part("algorithm"), "HmacSHA256"), line("signed headers", part("headers"), expectedNames, "Names and order; without a body there is no digest."),
    line("host header", call.headers["host"] ?? target.host, target.host), line("digest", call.headers["digest"] ?? "(none)", digest, "The digest is not that of the body as it was sent."),
    line("v-c-merchant-id", call.headers["v-c-merchant-id"] ?? "(missing)", known.merchantId),
    line("date beside this clock", Math.abs(aheadS) <= 300 ? "within 5 minutes" : Number.isNaN(aheadS) ? "(missing)" : `${aheadS} s`, "within 5 minutes", "The clock of the machine that signed is off, or the call was recorded a while ago."),
    ...signatureLine(known, canonical, part("signature"), "base64"),
  ];
  return { scheme: "http_signature", canonical, lines };
}

/** Says whether it is the signature of exactly this text with the known secret; shows the first characters only. */
function signatureLine({ sharedSecret }: Known, text: string, sent: string, encoding: "base64" | "base64url"): readonly Line[] {
  if (sharedSecret === undefined) return [];
  const expected = createHmac("sha256", Buffer.from(sharedSecret, "base64")).update(text).digest(encoding);
  const rawKey = createHmac("sha256", sharedSecret).update(text).digest(encoding);
  const hint = sent === rawKey ? "Signed with the secret's text: it is base64 and has to be decoded first." : "Everything signed is shown above: if all of it is the same, the secret is another one.";
  return [line("signature", `${sent.slice(0, 8)}…`, sent === expected ? `${sent.slice(0, 8)}…` : `${expected.slice(0, 8)}…`, hint)];
}

function decode(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? value as Readonly<Record<string, unknown>> : {};
  } catch {
    return {};
  }
}
