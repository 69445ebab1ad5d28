// A Dataverse that knows one thing: `$batch`. Tests say what each operation is answered; what arrived is kept to be looked at.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown> | undefined;
  readonly isInChangeSet: boolean;
}
export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}
/** `raw`: takes over the whole response. `answer`: one answer an operation (a failed change set: one for all of it). */
export interface Script {
  answer?: ((operation: Arrived, all: readonly Arrived[]) => Answer) | undefined;
  raw?: (request: IncomingMessage, response: ServerResponse, attempt: number) => boolean;
}
export interface BatchServer {
  readonly url: string;
  readonly batches: readonly (readonly Arrived[])[];
  readonly tokenRequests: readonly string[];
  close(): Promise<void>;
}

export async function startBatchServer(script: Script): Promise<BatchServer> {
  const batches: Arrived[][] = [];
  const tokenRequests: string[] = [];
  let attempts = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      if (request.url === "/tenant/oauth2/v2.0/token") {
        tokenRequests.push(text);
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ access_token: `token-${tokenRequests.length}`, expires_in: 3600 }));
        return;
      }
      attempts += 1;
      if (script.raw?.(request, response, attempts) === true) return;
      const operations = parseOperations(text);
      batches.push(operations);
      writeAnswers(response, operations, script);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, batches, tokenRequests,
    close: () => new Promise((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }),
  };
}

function parseOperations(text: string): Arrived[] {
  const found = [...text.matchAll(/(GET|POST|PATCH) (\S+) HTTP\/1\.1\r\n([\s\S]*?)\r\n\r\n([\s\S]*?)\r\n(?=--)/g)];
  const changeSetAt = text.indexOf("changeset_cybs");
  return found.map((match) => ({
    method: match[1] ?? "", path: decodeURIComponent((match[2] ?? "").replace("/api/data/v9.2/", "")),
    headers: Object.fromEntries((match[3] ?? "").split("\r\n").map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)])),
    body: match[4] === undefined || match[4].trim() === "" ? undefined : JSON.parse(match[4]) as Record<string, unknown>,
    isInChangeSet: changeSetAt !== -1 && match.index > changeSetAt && match.index < text.lastIndexOf("--changeset_cybs"),
  }));
}

const http = (answer: Answer): string =>
  `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 ${answer.status} X\r\n${Object.entries({ "OData-Version": "4.0", ...answer.headers }).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${answer.body === undefined ? "" : typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body)}\r\n`;

/** The way Dataverse answers: stops at the first failed part, and then the whole is a 400. */
function writeAnswers(response: ServerResponse, operations: readonly Arrived[], script: Script): void {
  const answerOf = (operation: Arrived): Answer => script.answer?.(operation, operations) ?? { status: 200, body: { value: [] } };
  const parts: string[] = [];
  let isFailed = false;
  let isSetDone = false;
  for (const operation of operations) {
    if (isFailed) break;
    if (!operation.isInChangeSet) {
      const answer = answerOf(operation);
      isFailed = answer.status >= 400;
      parts.push(http(answer));
    } else if (!isSetDone) {
      isSetDone = true;
      const answers = operations.filter((other) => other.isInChangeSet).map(answerOf);
      const failed = answers.find((answer) => answer.status >= 400);
      isFailed = failed !== undefined;
      parts.push(failed !== undefined ? http(failed) : `Content-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n${answers.map((answer) => `--changesetresponse_1\r\n${http(answer)}`).join("")}--changesetresponse_1--\r\n`);
    }
  }
  response.writeHead(isFailed ? 400 : 200, { "content-type": "multipart/mixed; boundary=batchresponse_1", date: "Tue, 24 Nov 2026 10:00:00 GMT" });
  response.end(`${parts.map((part) => `--batchresponse_1\r\n${part}`).join("")}--batchresponse_1--\r\n`);
}

export const failure = (status: number, code: string, message = "refused"): Answer => ({ status, body: { error: { code, message } } });
