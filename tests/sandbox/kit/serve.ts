// A node:http or node:https server on a fixed port that ends cleanly: close() also ends the sockets that clients keep alive.
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { rememberConnection } from "./connections.ts";

export interface ServeOptions {
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
}
export interface Served {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Long addresses are the stand-in's to refuse, not Node's. */
const HEADER_BYTES_MAX = 262_144;

/** Listens on localhost. Throws a sentence when the port is taken. Port 0 takes a free one. */
export async function serve(options: ServeOptions): Promise<Served> {
  const { handler, port, tls } = options;
  const limits = { maxHeaderSize: HEADER_BYTES_MAX };
  const server = tls === undefined ? http.createServer(limits, handler) : https.createServer({ ...limits, cert: tls.cert, key: tls.key }, handler);
  server.keepAliveTimeout = 4_000;
  server.on("connection", rememberConnection);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new Error(`Port ${port} is taken. Choose another with --port-base.`) : error);
    });
    server.listen(port, "localhost", resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `${tls === undefined ? "http" : "https"}://localhost:${bound}`,
    port: bound,
    close: () => new Promise((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }),
  };
}
