// The request pipeline (a Timeline of @pnp/core: auth → send → parse); the only file that knows the library. Queryable of @pnp/queryable is
// not used: its stock send repeats POST on a network error and would charge twice, and every call of it waits for a timer first.
import { asyncReduce, request, Timeline, type Moments } from "@pnp/core";
import type { Transport, WireReply, WireRequest } from "./transport.ts";

// The library types its moments more narrowly than the type of all moments that it asks for.
const MOMENTS = { auth: asyncReduce(), send: request(), parse: asyncReduce() } as unknown as Moments;

/** Each call goes through every moment once. Nothing of a call is kept here, so that one timeline serves all calls at the same time. */
class Calls extends Timeline<Moments> {
  constructor(transport: Transport) {
    super(MOMENTS);
    this.on["send"]?.replace((signed: WireRequest) => transport.send(signed));
  }

  /** A request arrives signed, and a reply travels as it is: "not sent" and "no reply" are outcomes, not errors. */
  async execute(signed: WireRequest): Promise<WireReply> {
    const [ready] = await this.emit["auth"]?.(signed) as [WireRequest];
    const sent = await this.emit["send"]?.(ready) as WireReply;
    const [reply] = await this.emit["parse"]?.(sent) as [WireReply];
    return reply;
  }
}

/** Runs each request of `transport` through the pipeline, once. */
export function createPipeline(transport: Transport): Transport {
  const calls = new Calls(transport);
  return { send: (signed) => calls.execute(signed), close: () => transport.close() };
}
