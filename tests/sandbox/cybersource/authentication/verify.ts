// Is this call really signed by the merchant? Every documented way is verified byte by byte: digest, host with port, method, path, expiry, replay.
import type { Call } from "../../kit/faults.ts";
import type { State } from "../state.ts";
import { verifyHttpSignature } from "./verify-http-signature.ts";
import { verifyJwt } from "./verify-jwt.ts";

/** Undefined when the call is authentic, else why it is not (for the sandbox's log; the answer to the client never says). */
export function verifyCall(state: State, call: Call): string | undefined {
  const authorization = call.headers.authorization ?? "";
  if (authorization.startsWith("Bearer ")) return verifyJwt(state, call, authorization.slice(7));
  if (typeof call.headers["signature"] === "string") return verifyHttpSignature(state, call, call.headers["signature"]);
  return "no signature";
}
