// What the upstream process tells the bench.
export interface Tally {
  /** Calls that move money. */
  cybersource: number;
  /** `$batch` calls for a payment. */
  dataverse: number;
  tokens: number;
  /** `$batch` calls that belong to no payment. */
  sweeps: number;
  /** From a request's arrival to its answer's departure, all together. */
  spentMs: number;
}
/** What the bench tells the upstream process. */
export interface SceneMessage { readonly accounts?: number; readonly unclaimed?: readonly string[] }
export type UpstreamMessage =
  | { readonly kind: "set" }
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "tally"; readonly tally: Tally }
  /** A payment's outcome is in Dataverse. `at`: milliseconds since 1970. */
  | { readonly kind: "written"; readonly paymentRequestId: string; readonly at: number; readonly tally: Tally };
