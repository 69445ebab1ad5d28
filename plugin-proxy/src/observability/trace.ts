// W3C Trace Context (www.w3.org/TR/trace-context): a traceparent is accepted, carried through asynchronous work, and forwarded.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Trace } from "../ports/trace.ts";

interface Span { readonly traceId: string; readonly spanId: string; readonly flags: string }

// Versions to come may append fields; ff is no version, and ids of zeros are none.
const FORM = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
const SAMPLED = "01";
/** Nothing that could be a card number may travel as an id, and the log would cut it out: such a trace is begun anew. */
const CARD_LIKE = /\d{13}/;

/** The ids of a traceparent header, or undefined when it is none. */
export function readTraceparent(header: string | undefined): Span | undefined {
  const [, traceId, spanId, flags] = FORM.exec(header ?? "") ?? [];
  const isNone = traceId === undefined || spanId === undefined || flags === undefined || CARD_LIKE.test(traceId) || CARD_LIKE.test(spanId);
  return isNone ? undefined : { traceId, spanId, flags };
}

const TRIES_MAX = 100;

const write = ({ traceId, spanId, flags }: Span): string => `00-${traceId}-${spanId}-${flags}`;

/** `randomHex(bytes)` makes ids. */
export function createTrace(randomHex: (bytes: number) => string): Trace & { readonly traceId: () => string | undefined } {
  const spans = new AsyncLocalStorage<Span>();
  const newId = (bytes: number): string => {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const id = randomHex(bytes);
      if (!CARD_LIKE.test(id)) return id;
    }
    throw new Error("the source of ids gives digits only");
  };
  const childOf = (parent: Span | undefined): Span => ({ traceId: parent?.traceId ?? newId(16), spanId: newId(8), flags: parent?.flags ?? SAMPLED });
  return {
    current: () => { const span = spans.getStore(); return span === undefined ? undefined : write(span); },
    run: (parent, work) => spans.run(childOf(readTraceparent(parent)), work),
    forCall: () => { const span = spans.getStore(); return span === undefined ? undefined : write(childOf(span)); },
    traceId: () => spans.getStore()?.traceId,
  };
}
