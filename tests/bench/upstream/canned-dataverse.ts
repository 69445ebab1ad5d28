// What the canned Dataverse says: one request row with a saved card on an order of its own, one merchant account, one business unit, and
// yes to every write. Only ids differ from answer to answer, so that nothing of a real organization's work is measured.
import { paymentRequestTable } from "@cybs/schema";
import { businessUnits, merchantAccounts, organizationId, relayUserId, requestRow } from "./canned-rows.ts";

export interface Canned {
  /** What the batch was for: counted by the bench. */
  readonly kind: "identify" | "sweep" | "read" | "claim" | "project";
  readonly paymentRequestId: string;
  readonly text: string;
}

const CRLF = "\r\n";
const part = (status: number, body: string): string => `Content-Type: application/http${CRLF}Content-Transfer-Encoding: binary${CRLF}${CRLF}HTTP/1.1 ${status} ${status === 204 ? "No Content" : "OK"}${CRLF}OData-Version: 4.0${CRLF}${body === "" ? "" : `Content-Type: application/json; odata.metadata=minimal${CRLF}`}${CRLF}${body}${CRLF}`;
const changeSet = (parts: readonly string[]): string => `Content-Type: multipart/mixed; boundary=changesetresponse_1${CRLF}${CRLF}${parts.map((inner) => `--changesetresponse_1${CRLF}${inner}`).join("")}--changesetresponse_1--${CRLF}`;
const batch = (sections: readonly string[]): string => `${sections.map((section) => `--batchresponse_1${CRLF}${section}`).join("")}--batchresponse_1--${CRLF}`;

export const BATCH_TYPE = "multipart/mixed; boundary=batchresponse_1";

const list = (...rows: readonly unknown[]): string => part(200, JSON.stringify({ "@odata.context": "https://bench/api/data/v9.2/$metadata", value: rows }));
/** How many merchant accounts the organization has, and which requests wait for a sweep. */
export const scene = { accounts: 1, unclaimed: new Set<string>() };
const made = new Map<number, readonly string[]>();
const reads = (): readonly string[] => {
  const known = made.get(scene.accounts) ?? [list(...merchantAccounts(scene.accounts)), list(...businessUnits(scene.accounts))];
  made.set(scene.accounts, known);
  return known;
};
const CLAIMED = changeSet([part(201, '{"@odata.etag":"W/\\"100\\"","cybs_paymenttransactionid":"0c000000-0000-4000-8000-000000000003"}')]);
const IDENTIFY = batch([part(200, JSON.stringify({ OrganizationId: organizationId })), part(200, JSON.stringify({ Detail: { OrganizationType: "CustomerTest" } }))]);
const WHO = part(200, JSON.stringify({ OrganizationId: organizationId, UserId: relayUserId }));
const unclaimed = (): string => list(...[...scene.unclaimed].map((id) => ({ [paymentRequestTable.primaryId]: id })));
/** Of all reads of a sweep the first asks for requests that nobody has claimed; nothing else waits, nobody changed or decided anything, and there is a link for the next time. */
const swept = (text: string): string => batch([...text.matchAll(/^GET ([^\s?(]+\/(\w+))[?(]/gm)].map(([, path, set], index) => {
  if (set === "WhoAmI") return WHO;
  return index === 0 && set === paymentRequestTable.entitySetName ? unclaimed() : part(200, JSON.stringify({ value: [], "@odata.deltaLink": `https://bench${path ?? ""}?$deltatoken=1` }));
}));
const VERSIONED = part(200, '{"@odata.etag":"W/\\"101\\"","cybs_revision":4}');
const WRITTEN = part(204, "");

/** The answer to one `$batch`, told from its text alone. */
export function answerBatch(text: string): Canned {
  const paymentRequestId = /cybs_paymentrequests\(([0-9a-f-]{36})\)/.exec(text)?.[1] ?? "";
  if (text.includes("GET /api/data/v9.2/RetrieveCurrentOrganization")) return { kind: "identify", paymentRequestId, text: IDENTIFY };
  if (text.includes("PATCH /api/data/v9.2/cybs_payments(")) return { kind: "project", paymentRequestId, text: answerProjection(text) };
  if (paymentRequestId === "") return { kind: "sweep", paymentRequestId, text: swept(text) };
  const isRead = !text.includes("POST /api/data/v9.2/cybs_paymenttransactions");
  const rows = [part(200, requestRow(paymentRequestId, { isDraft: isRead, accounts: scene.accounts })), ...reads()];
  if (isRead) return { kind: "read", paymentRequestId, text: batch(rows) };
  scene.unclaimed.delete(paymentRequestId);
  return { kind: "claim", paymentRequestId, text: batch([...rows, list(), CLAIMED]) };
}

/** A change set of the payment and its transactions, then the order on its own. */
function answerProjection(text: string): string {
  const written = [...text.matchAll(/PATCH \/api\/data\/v9\.2\/(\w+)\(/g)].map((match) => match[1]);
  const rows = written.filter((set) => set !== "salesorders");
  return batch([changeSet(rows.map((set) => (set === "cybs_payments" ? VERSIONED : WRITTEN))), ...(rows.length < written.length ? [WRITTEN] : [])]);
}
