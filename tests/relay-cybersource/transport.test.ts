// The wire, with servers that misbehave: what can have left is never called "not sent", and nothing is ever sent twice.
import { afterEach, describe, expect, test } from "@jest/globals";
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createTransport, type Transport, type WireRequest } from "../../plugin-proxy/src/cybersource/transport.ts";

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => { for (const close of closers.splice(0)) await close(); });

interface Listening { readonly origin: string; readonly received: string[] }

/** A bare TCP server: it counts what reaches it and answers with raw text. */
async function listen(onRequest: (socket: net.Socket, nth: number) => void): Promise<Listening> {
  const received: string[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("data", (data) => { received.push(data.toString("utf8")); onRequest(socket, received.length); });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  closers.push(() => { for (const socket of sockets) socket.destroy(); server.close(); });
  return { origin: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`, received };
}

function open(options: Partial<Parameters<typeof createTransport>[0]> = {}): Transport {
  const transport = createTransport({ deadlineMs: 400, ...options });
  closers.push(() => transport.close());
  return transport;
}
const request = (origin: string): WireRequest => ({ method: "POST", origin, path: "/pts/v2/payments", headers: { "content-type": "application/json" }, body: "{\"a\":1}" });
const answer = (head: string, body: string): string => `HTTP/1.1 ${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe("Proved not sent", () => {
  test("connection refused", async () => { expect(await open().send(request("http://127.0.0.1:1"))).toEqual({ kind: "not_sent", cause: "ECONNREFUSED" }); });
  test("name not resolved", async () => { expect(await open({ deadlineMs: 5_000 }).send(request("http://no-such-host.invalid"))).toMatchObject({ kind: "not_sent" }); });
  test("TLS not completed", async () => {
    const server = await listen((socket) => { socket.end("this is not TLS\r\n"); });
    expect(await open({ deadlineMs: 3_000 }).send(request(server.origin.replace("http:", "https:")))).toMatchObject({ kind: "not_sent" });
  });
  test("what waits behind a silent call is never written late", async () => {
    const server = await listen(() => undefined);
    const transport = open({ connections: 1, deadlineMs: 250 });
    const [first, second] = await Promise.all([transport.send(request(server.origin)), transport.send(request(server.origin))]);
    expect(first).toEqual({ kind: "no_reply", cause: "deadline" });
    expect(second).toEqual({ kind: "not_sent", cause: "deadline" });
    await delay(300);
    expect(server.received).toHaveLength(1);
  });
});

describe("Silence after the bytes proves nothing", () => {
  const cases: readonly (readonly [string, (socket: net.Socket) => void])[] = [
    ["reset at once", (socket) => { socket.resetAndDestroy(); }],
    ["closed without a word", (socket) => { socket.end(); }],
    ["nothing until the deadline", () => undefined],
    ["reset in the headers", (socket) => { socket.write("HTTP/1.1 201 Cre", () => { socket.resetAndDestroy(); }); }],
    ["cut off in the body", (socket) => { socket.end("HTTP/1.1 201 Created\r\ncontent-length: 900\r\n\r\n{\"id\":"); }],
    ["garbage instead of HTTP", (socket) => { socket.end("220 smtp ready\r\n\r\n"); }],
    ["a body that never ends", (socket) => { socket.write("HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n"); }],
  ];
  test.each(cases)("%s", async (_name, misbehave) => {
    const server = await listen(misbehave);
    expect(await open().send(request(server.origin))).toMatchObject({ kind: "no_reply" });
    await delay(50);
    expect(server.received).toHaveLength(1);
  });

  test("a kept socket that the other side closes is not written to a second time", async () => {
    const server = await listen((socket, nth) => { if (nth === 1) socket.write(answer("201 Created", "{}")); else socket.destroy(); });
    const transport = open();
    expect(await transport.send(request(server.origin))).toMatchObject({ kind: "replied" });
    expect(await transport.send(request(server.origin))).toMatchObject({ kind: "no_reply" });
    await delay(50);
    expect(server.received).toHaveLength(2);
  });
});

test("a redirect is an answer, not an instruction", async () => {
  const server = await listen((socket) => { socket.write(`HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n`); });
  expect(await open().send(request(server.origin))).toMatchObject({ kind: "replied", status: 307 });
  expect(server.received).toHaveLength(1);
});

test("the bytes on the wire are the bytes that were signed", async () => {
  const server = await listen((socket) => { socket.write(answer("201 Created", "{\"id\":\"1\"}")); });
  expect(await open().send({ ...request(server.origin), body: "{\"name\":\"Zoë 日本\"}" })).toMatchObject({ kind: "replied", text: "{\"id\":\"1\"}" });
  expect(server.received.join("")).toContain("\r\n\r\n{\"name\":\"Zoë 日本\"}");
});
