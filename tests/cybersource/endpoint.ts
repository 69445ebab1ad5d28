// A merchant's own endpoint for notifications and health checks: keeps what came, and answers as told.
import http from "node:http";
import type { AddressInfo } from "node:net";

export interface Received { readonly method: string; readonly path: string; readonly headers: http.IncomingHttpHeaders; readonly body: string }
export interface Endpoint {
  readonly url: string;
  readonly received: Received[];
  /** What came to a path by POST. */
  posts(path?: string): readonly Received[];
  /** The status of the answers from here on; 0 resets the connection. */
  answer: number;
  close(): Promise<void>;
}

export async function startEndpoint(): Promise<Endpoint> {
  const received: Received[] = [];
  const endpoint = { answer: 200 };
  const server = http.createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => { body += chunk; });
    request.on("end", () => {
      received.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body });
      if (endpoint.answer === 0) request.socket.resetAndDestroy();
      else { response.statusCode = endpoint.answer; response.end(); }
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, "localhost", resolve); });
  return Object.assign(endpoint, {
    url: `http://localhost:${(server.address() as AddressInfo).port}`, received,
    posts: (path = "/hook") => received.filter((one) => one.method === "POST" && one.path === path),
    close: () => new Promise<void>((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }),
  });
}
