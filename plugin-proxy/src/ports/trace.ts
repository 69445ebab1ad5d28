// Which trace (W3C Trace Context) the running code belongs to, across HTTP, due work and the calls it makes.
export interface Trace {
  /** The running span as a traceparent header; undefined outside of any. */
  readonly current: () => string | undefined;
  /** Runs `work` as a child span of `parent`, or as the first span of a new trace where `parent` is none or not readable. */
  readonly run: <T>(parent: string | undefined, work: () => T) => T;
  /** A traceparent for a call to somebody else: the running trace, a span of its own. */
  readonly forCall: () => string | undefined;
}
