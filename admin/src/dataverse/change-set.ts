// One change set of a $batch: Dataverse does all of its parts or none. learn.microsoft.com/power-apps/developer/data-platform/webapi/execute-batch-operations-using-web-api
import { randomUUID } from "node:crypto";
import type { HttpAnswer } from "../network.ts";
import type { Row } from "./row.ts";

export interface ChangeSetPart { readonly method: "POST" | "PATCH" | "DELETE"; readonly path: string; readonly body?: Row }

const CRLF = "\r\n";

export function writeChangeSet(api: string, parts: readonly ChangeSetPart[]): { readonly contentType: string; readonly body: string } {
  const batch = `batch_${randomUUID()}`;
  const set = `changeset_${randomUUID()}`;
  const operations = parts.flatMap(({ method, path, body }, index) => [
    `--${set}`, "Content-Type: application/http", "Content-Transfer-Encoding: binary", `Content-ID: ${index + 1}`, "", `${method} ${api}${path} HTTP/1.1`, "Content-Type: application/json;type=entry", ...(method === "PATCH" ? ["If-Match: *"] : []), "", body === undefined ? "" : JSON.stringify(body),
  ]);
  return { contentType: `multipart/mixed;boundary=${batch}`, body: [`--${batch}`, `Content-Type: multipart/mixed;boundary=${set}`, "", ...operations, `--${set}--`, "", `--${batch}--`, ""].join(CRLF) };
}

/** The part that made Dataverse take all of it back, as an answer of its own; undefined when every part was done. */
export function refusedPart(answer: Extract<HttpAnswer, { kind: "answer" }>): HttpAnswer | undefined {
  const failed = [...answer.text.matchAll(/HTTP\/1\.1 (\d{3})[^\r\n]*\r?\n([\s\S]*?)(?=\r?\n--|$)/g)].find(([, status]) => Number(status) >= 300);
  if (failed === undefined) return answer.status >= 300 ? answer : undefined;
  return { kind: "answer", status: Number(failed[1]), headers: {}, text: /\{[\s\S]*\}/.exec(failed[2] ?? "")?.[0] ?? "" };
}
