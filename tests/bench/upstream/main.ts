// Dataverse, its token endpoint and Cybersource, answering canned bytes over TLS from a process of their own. Started with a file that
// holds certificate and key; says its port, and after every payment written to Dataverse what it was asked for so far.
import { readFileSync } from "node:fs";
import https from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerDetail, answerPayment, answerSearch } from "./canned-cybersource.ts";
import { answerBatch, BATCH_TYPE, scene } from "./canned-dataverse.ts";
import { merchantId } from "./canned-rows.ts";
import type { SceneMessage, Tally, UpstreamMessage } from "./messages.ts";

const tls = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as { cert: string; key: string };
const tally: Tally = { cybersource: 0, dataverse: 0, tokens: 0, sweeps: 0, spentMs: 0 };
const say = (message: UpstreamMessage): void => { process.send?.(message); };

interface Answer { readonly status: number; readonly type: string; readonly text: string; readonly then?: () => void }

function answerTo(url: string, body: string): Answer {
  if (url.endsWith("/oauth2/v2.0/token")) {
    tally.tokens += 1;
    return { status: 200, type: "application/json", text: '{"token_type":"Bearer","expires_in":3599,"access_token":"canned"}' };
  }
  if (!url.startsWith("/api/data/")) {
    tally.cybersource += 1;
    if (url === "/tss/v2/searches") return { status: 201, type: "application/json", text: answerSearch(body) };
    const detail = answerDetail(/^\/tss\/v2\/transactions\/(\d+)$/.exec(url)?.[1] ?? "", merchantId);
    if (detail !== undefined) return { status: 200, type: "application/json", text: detail };
    return url === "/pts/v2/payments" ? { status: 201, type: "application/hal+json", text: answerPayment(body) } : { status: 404, type: "application/json", text: "{}" };
  }
  const { kind, paymentRequestId, text } = answerBatch(body);
  if (kind === "sweep" || kind === "identify") tally.sweeps += 1;
  else tally.dataverse += 1;
  if (kind !== "project") return { status: 200, type: BATCH_TYPE, text };
  return { status: 200, type: BATCH_TYPE, text, then: () => { say({ kind: "written", paymentRequestId, at: performance.timeOrigin + performance.now(), tally: { ...tally } }); } };
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const started = performance.now();
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => { chunks.push(chunk); });
  request.on("end", () => {
    const { status, type, text, then } = answerTo(request.url ?? "", Buffer.concat(chunks).toString("utf8"));
    response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) });
    response.end(text, () => {
      tally.spentMs += performance.now() - started;
      then?.();
    });
  });
}

const server = https.createServer({ cert: tls.cert, key: tls.key, keepAliveTimeout: 60_000 }, serve);
server.listen(0, "localhost", () => { say({ kind: "listening", port: (server.address() as AddressInfo).port }); });
process.on("message", (message: "ask" | SceneMessage) => {
  if (message === "ask") { say({ kind: "tally", tally: { ...tally } }); return; }
  if (message.accounts !== undefined) scene.accounts = message.accounts;
  for (const id of message.unclaimed ?? []) scene.unclaimed.add(id);
  say({ kind: "set" });
});
process.on("disconnect", () => { process.exit(0); });
