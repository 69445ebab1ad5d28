// The page's endpoints are for the page: a browser that speaks for another origin is turned away before its body is read. No CORS headers
// are ever sent. Who is no browser sends no Origin, and needs the nonce like everybody.
import type { onRequestAsyncHookHandler } from "fastify";
import { sendProblem } from "./problem.ts";

export const refuseOtherOrigins = (publicOrigin: string): onRequestAsyncHookHandler => async (request, reply) => {
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const isOther = origin !== undefined ? origin !== publicOrigin : site !== undefined && site !== "same-origin" && site !== "none";
  return isOther ? sendProblem(reply, "origin_not_allowed") : undefined;
};
