// One Web API request, from the wire or from inside a batch: the same code answers both.
import { DataverseError } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import { remembering } from "../../kit/remember.ts";
import type { Caller, Organization } from "../organization.ts";
import { writeMoney } from "../query/serialize.ts";

export interface ApiRequest {
  readonly method: string;
  /** Path below /api/data/v9.x/, decoded. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  /** As sent, for the next link. */
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as it came; absent inside a batch. */
  readonly bytes?: Buffer;
  readonly contentIds: Map<string, string>;
}
export interface ApiContext {
  readonly organization: Organization;
  readonly caller: Caller;
}

/** A quote-aware reading of one or several Prefer headers. */
export const preferences = (headers: Readonly<Record<string, string>>): ReadonlyMap<string, string> => preferencesIn(headers["prefer"] ?? "");

const PREFERS_MAX = 500;
const preferencesIn = remembering(PREFERS_MAX, (text): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const match of text.matchAll(/([\w.-]+)(?:=("[^"]*"|[^,\s]+))?/g)) found.set((match[1] ?? "").toLowerCase(), (match[2] ?? "").replace(/^"|"$/g, ""));
  return found;
});

/** Does the request want this annotation? Names may end in *. */
export const annotator = (prefer: ReadonlyMap<string, string>): ((name: string) => boolean) => annotatorFor(prefer.get("odata.include-annotations") ?? "");

const annotatorFor = remembering(PREFERS_MAX, (text) => {
  const wanted = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const known = new Map<string, boolean>();
  return (name: string): boolean => {
    const answer = known.get(name) ?? wanted.some((pattern) => pattern === name || pattern === "*" || (pattern.endsWith("*") && name.startsWith(pattern.slice(0, -1))));
    known.set(name, answer);
    return answer;
  };
});

/** JSON object of a body. dataverse-ify's Node client encodes it twice: a text is parsed once more. */
export function jsonBody(text: string): Record<string, unknown> {
  try {
    let value: unknown = JSON.parse(text === "" ? "{}" : text);
    if (typeof value === "string") value = JSON.parse(value);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch { /* answered below */ }
  throw new DataverseError(400, "0x80048d19", "Error identified in Payload provided by the user for Entity :'', For more information on this error please follow this help link. The payload is not valid JSON.");
}

export const odata = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status, headers: { "content-type": "application/json; odata.metadata=minimal", "odata-version": "4.0", ...headers }, body: writeMoney(JSON.stringify(body)),
});
export const empty = (headers: Readonly<Record<string, string>> = {}): Reply => ({ status: 204, headers: { "odata-version": "4.0", ...headers } });

export function errorReply(error: DataverseError, isFull: boolean): Reply {
  const details = isFull ? { "@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus": "0", "@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode": "0", "@Microsoft.PowerApps.CDS.HelpLink": `http://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException%3a${error.code.slice(2)}&client=platform`, "@Microsoft.PowerApps.CDS.TraceText": "", "@Microsoft.PowerApps.CDS.InnerError.Message": error.message } : {};
  return odata(error.status, { error: { code: error.code, message: error.message, ...details } });
}
