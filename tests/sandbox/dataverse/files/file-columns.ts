// File columns: a file is sent and fetched at the column's own address, whole or in chunks; the row holds only the file's id and its name.
// Source: learn.microsoft.com/power-apps/developer/data-platform/file-column-data
import { badRequest, DataverseError, methodNotAllowed } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import type { Column, Table } from "../metadata/model.ts";
import { nowText, type Organization } from "../organization.ts";
import { asText, type Row } from "../store/rows.ts";
import { empty, odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import { update } from "../web-api/write.ts";

interface Of { readonly table: Table; readonly id: string; readonly row: Row; readonly column: Column; readonly isRaw: boolean }
interface Upload { readonly table: string; readonly id: string; readonly column: string; readonly name: string; readonly chunks: Buffer[] }

const CHUNK_BYTES = 4_194_304;
const sessions = new WeakMap<Organization, Map<string, Upload>>();
const TYPES: Readonly<Record<string, string>> = { txt: "text/plain", csv: "text/csv", pdf: "application/pdf", json: "application/json", png: "image/png", xml: "application/xml" };
const typeOf = (name: string): string => TYPES[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";

function keep(context: ApiContext, { table, id, column }: Of, name: string, bytes: Buffer): void {
  const { store, model, random } = context.organization;
  if (column.max !== undefined && bytes.length > column.max) throw new DataverseError(400, "0x80044a02", "Attachment file size is too big.");
  const fileattachmentid = random.uuid();
  store.atomically(() => {
    forget(context, asText(store.get(table.name, id)?.[column.name]));
    update({ ...context, byPlatform: true }, table, id, { [column.name]: fileattachmentid, [`${column.name}_name`]: name });
    store.put(model.table("fileattachment"), { fileattachmentid, filename: name, mimetype: typeOf(name), filesizeinbytes: bytes.length, regardingfieldname: column.name, createdon: nowText(context.organization), body: bytes.toString("base64"), versionnumber: store.nextVersion() });
  });
}
function forget({ organization }: ApiContext, fileId: string): void { if (fileId !== "") organization.store.remove(organization.model.table("fileattachment"), fileId); }

/** First the session, then the parts in order; the last one makes the file. */
function sendChunk(context: ApiContext, request: ApiRequest, of: Of): Reply {
  const open = sessions.get(context.organization) ?? new Map<string, Upload>();
  sessions.set(context.organization, open);
  const token = request.query.get("sessiontoken") ?? "";
  const upload = open.get(token);
  const [, from, to, size] = (/^bytes (\d+)-(\d+)\/(\d+)$/.exec(request.headers["content-range"] ?? "") ?? []).map(Number);
  const bytes = request.bytes ?? Buffer.alloc(0);
  if (upload?.table !== of.table.name || upload.id !== of.id || upload.column !== of.column.name) throw badRequest("The session token of the file upload is not valid.");
  const received = upload.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (from === undefined || to === undefined || size === undefined || from !== received || to - from + 1 !== bytes.length || to >= size) throw badRequest("The Content-Range header of the file upload is not valid.");
  upload.chunks.push(bytes);
  if (to + 1 < size) return { status: 206, headers: { "odata-version": "4.0" } };
  open.delete(token);
  keep(context, of, upload.name, Buffer.concat(upload.chunks));
  return empty();
}

function upload(context: ApiContext, request: ApiRequest, of: Of): Reply {
  const name = request.headers["x-ms-file-name"] ?? request.query.get("x-ms-file-name") ?? "";
  if (request.query.has("sessiontoken")) return sendChunk(context, request, of);
  if (name === "") throw badRequest("The header 'x-ms-file-name' is missing.");
  if (request.headers["x-ms-transfer-mode"] !== "chunked") { keep(context, of, name, request.bytes ?? Buffer.alloc(0)); return empty(); }
  const open = sessions.get(context.organization) ?? new Map<string, Upload>();
  sessions.set(context.organization, open);
  const token = context.organization.random.hex(40);
  open.set(token, { table: of.table.name, id: of.id, column: of.column.name, name, chunks: [] });
  const location = `${context.organization.baseUrl}/api/data/v9.2/${of.table.set}(${of.id})/${of.column.name}?sessiontoken=${token}`;
  return { status: 200, headers: { "odata-version": "4.0", "accept-ranges": "bytes", location, "x-ms-chunk-size": String(CHUNK_BYTES), "access-control-expose-headers": "x-ms-chunk-size" } };
}

/** The bytes at $value; without it their base64 as the column's value. A range gives a part. */
function download(context: ApiContext, request: ApiRequest, of: Of): Reply {
  const file = context.organization.store.get("fileattachment", asText(of.row[of.column.name]));
  if (file === undefined) return empty();
  const bytes = Buffer.from(asText(file["body"]), "base64");
  const [, from, to] = (/^bytes=(\d+)-(\d+)$/.exec(request.headers["range"] ?? "") ?? []).map(Number);
  const part = from === undefined || to === undefined ? bytes : bytes.subarray(from, to + 1);
  const name = asText(file["filename"]);
  const headers = { "x-ms-file-name": encodeURIComponent(name), "x-ms-file-size": String(bytes.length), "x-ms-chunk-size": String(CHUNK_BYTES), mimetype: asText(file["mimetype"]), "content-disposition": `attachment; filename="${encodeURIComponent(name)}"`, "access-control-expose-headers": "x-ms-file-size; x-ms-file-name; x-ms-chunk-size; mimetype" };
  const status = from === undefined ? 200 : 206;
  if (of.isRaw) return { status, headers: { ...headers, "content-type": "application/octet-stream", "odata-version": "4.0" }, body: part };
  return odata(status, { "@odata.context": `${context.organization.baseUrl}/api/data/v9.2/$metadata#${of.table.set}(${of.id})/${of.column.name}`, value: part.toString("base64") }, headers);
}

export function onFile(context: ApiContext, request: ApiRequest, of: Of): Reply {
  switch (request.method) {
    case "GET": return download(context, request, of);
    case "PATCH": case "PUT": return upload(context, request, of);
    case "DELETE":
      context.organization.store.atomically(() => {
        forget(context, asText(of.row[of.column.name]));
        update({ ...context, byPlatform: true }, of.table, of.id, { [of.column.name]: null, [`${of.column.name}_name`]: null });
      });
      return empty();
    default: throw methodNotAllowed();
  }
}
