// Writes a multipart/mixed `$batch` request: reads on their own, writes in change sets (each one transaction of Dataverse).
// learn.microsoft.com/power-apps/developer/data-platform/webapi/execute-batch-operations-using-web-api
import { API_PATH } from "./connection.ts";

export interface Read {
  readonly kind: "read";
  /** Below the Web API's root, query included. */
  readonly path: string;
  /** Rows a page. Never together with `$top`, which Dataverse would then ignore. */
  readonly pageSize?: number | undefined;
  /** Asks for the names of lookups' rows and the labels of choices besides. */
  readonly isFormatted?: boolean | undefined;
  /** Asks for a delta link; one that is followed needs no asking and does not mind. */
  readonly tracksChanges?: boolean | undefined;
}
export interface Change {
  readonly method: "POST" | "PATCH";
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
export interface ChangeSet {
  readonly kind: "change_set";
  readonly changes: readonly Change[];
}
/** A write outside any change set. */
export interface SingleChange {
  readonly kind: "change";
  readonly change: Change;
}
export type Operation = Read | ChangeSet | SingleChange;

/** Bodies are JSON, in which a line break is always escaped: no boundary can occur inside one. */
const BATCH = "batch_cybs";
export const BATCH_CONTENT_TYPE = `multipart/mixed;boundary=${BATCH}`;
const LOOKUP_TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname";
const ANNOTATIONS = `odata.include-annotations="${LOOKUP_TABLE}"`;
const ALSO_FORMATTED = `odata.include-annotations="${LOOKUP_TABLE},OData.Community.Display.V1.FormattedValue"`;
const CRLF = "\r\n";

/** The body of a `$batch` request. Nothing after a failed part is executed, because continue-on-error is never asked for. */
export function writeBatch(operations: readonly Operation[]): string {
  const parts = operations.map((operation, index) => `--${BATCH}${CRLF}${writeOperation(operation, index)}`);
  return `${parts.join("")}--${BATCH}--${CRLF}`;
}

/** Spaces and quotes of a query become escapes; the rest of OData's punctuation may stand in a URL as it is. Paths that are escaped already stay. */
const toUrl = (path: string): string => path.replace(/[^!$-;=?-[\]_a-z~]/g, (character) => encodeURIComponent(character));

function writeOperation(operation: Operation, index: number): string {
  switch (operation.kind) {
    case "read": return writeHttp(`GET ${API_PATH}${toUrl(operation.path)} HTTP/1.1`, { prefer: [operation.isFormatted === true ? ALSO_FORMATTED : ANNOTATIONS, ...(operation.pageSize === undefined ? [] : [`odata.maxpagesize=${operation.pageSize}`]), ...(operation.tracksChanges === true ? ["odata.track-changes"] : [])].join(",") });
    case "change": return writeChange(operation.change);
    case "change_set": return writeChangeSet(operation.changes, `changeset_cybs_${index}`);
  }
}

function writeChangeSet(changes: readonly Change[], boundary: string): string {
  const parts = changes.map((change, index) => `--${boundary}${CRLF}${writeChange(change, String(index + 1))}`);
  return `Content-Type: multipart/mixed;boundary=${boundary}${CRLF}${CRLF}${parts.join("")}--${boundary}--${CRLF}`;
}

const writeChange = (change: Change, contentId?: string): string =>
  writeHttp(`${change.method} ${API_PATH}${change.path} HTTP/1.1`, { "content-type": "application/json", ...change.headers }, { json: JSON.stringify(change.body), contentId });

function writeHttp(requestLine: string, headers: Readonly<Record<string, string>>, more: { readonly json?: string; readonly contentId?: string | undefined } = {}): string {
  const lines = [
    "Content-Type: application/http", "Content-Transfer-Encoding: binary", ...(more.contentId === undefined ? [] : [`Content-ID: ${more.contentId}`]), "",
    requestLine, "Accept: application/json", ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", more.json ?? "", "",
  ];
  return lines.join(CRLF);
}
