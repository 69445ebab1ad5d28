// A notification of Cybersource, verified: a hint where to look, never a fact.
export interface CybersourceEvent {
  readonly eventType: string;
  /** Cybersource's id of what it is about, where the payload names one. */
  readonly requestId?: string | undefined;
  readonly merchantReference?: string | undefined;
  /** Cybersource's organization, which is a merchant id. */
  readonly merchantId?: string | undefined;
  readonly status?: string | undefined;
  /** Of an event of token management: the card number that it is about, as its identifier. */
  readonly instrumentIdentifierId?: string | undefined;
  /** The same for every delivery of the same thing. */
  readonly businessKey: string;
}
/** not_understood: signed by Cybersource, but nothing that can be read or opened. */
export type WebhookReading = { readonly kind: "event"; readonly event: CybersourceEvent; readonly form: string } | { readonly kind: "signature_wrong"; readonly why: string } | { readonly kind: "not_understood"; readonly why: string };
