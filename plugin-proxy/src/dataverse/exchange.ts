// One HTTP POST over kept-alive connections: deadline, size limit, no redirect followed. Trouble is a value, not an exception.
import { Agent } from "undici";
import type { DataverseLimits, Exchange } from "./connection.ts";


/** The agent keeps a pool for each origin; undici follows no redirect unless told to. */
export function createExchange(options: { readonly limits: DataverseLimits; readonly ca?: string | undefined }): { readonly exchange: Exchange; readonly close: () => Promise<void> } {
  const { limits } = options;
  const agent = new Agent({
    connections: limits.connectionsMax, keepAliveTimeout: 30_000, headersTimeout: limits.deadlineMs, bodyTimeout: limits.deadlineMs, allowH2: false,
    connect: { timeout: limits.deadlineMs / 2, ...(options.ca === undefined ? {} : { ca: options.ca }) },
  });
  return {
    close: () => agent.close(),
    async exchange({ url, headers, body }) {
      try {
        const target = new URL(url);
        const response = await agent.request({
          origin: target.origin, path: `${target.pathname}${target.search}`, method: "POST", headers, body, signal: AbortSignal.timeout(limits.deadlineMs),
        });
        const text = await readLimited(response.body, limits.responseBytesMax);
        if (text === undefined) return { kind: "no_answer", cause: "answer too large" };
        return {
          kind: "answer", status: response.statusCode, text, contentType: one(response.headers["content-type"]) ?? "",
          retryAfter: one(response.headers["retry-after"]), date: one(response.headers.date),
        };
      } catch (error) {
        return { kind: "no_answer", cause: causeOf(error) };
      }
    },
  };
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

async function readLimited(stream: AsyncIterable<unknown>, bytesMax: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = chunk as Uint8Array;
    size += bytes.byteLength;
    // Leaving the loop destroys the stream, so that the rest is not read.
    if (size > bytesMax) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Code of a network error ("ECONNREFUSED"), or its name; never its message, which may quote what was sent. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "network error";
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return error.name === "TimeoutError" ? "deadline exceeded" : code ?? error.name;
}
