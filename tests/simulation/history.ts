// What has happened in a run, whoever remembers it: a ledger may be lost, this is not. The invariants are checked against it.
import type { EffectKind } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import type { Deal } from "./deal.ts";
import { intentKey } from "./ledger-host.ts";

export interface Sent {
  readonly intent: string;
  readonly organizationId: string;
  readonly effectId: string;
  readonly kind: EffectKind;
}

export interface AskedRefund {
  readonly amount: number;
  /** False: a flow wrote the row, in a person's name. */
  readonly isPersons: boolean;
  readonly isRelease: boolean;
  /** An administrator wrote another amount into the row: what the relay sees first counts. */
  editedTo?: number;
}

export interface History {
  /** Attempts ever committed as sent, by merchant reference. */
  readonly sent: Map<string, Sent>;
  /** Of those, the ones that some ledger signed; the others were only assumed sent, because the row stood there already. */
  readonly signed: Set<string>;
  /** Every reference ever planned, and whose it is. */
  readonly planned: Map<string, Sent>;
  /** Message ids under which a reference reached Cybersource. */
  readonly arrived: Map<string, string>;
  /** Intents whose approval stands in Dataverse, where people read it. */
  readonly toldApproved: Set<string>;
  /** Intents that a person asked to undo. */
  readonly askedToUndo: Set<string>;
  /** Refunds, voids and releases as people asked for them, by organization and row. */
  readonly refundsAsked: Map<string, AskedRefund>;
  /** What a second person rightly approved, by organization and row. */
  readonly approvedRefunds: Map<string, number>;
  /** Orders that are invoiced, paid in cash, fulfilled or cancelled in this run, under the keys of all their documents. */
  readonly deals: Map<string, Deal>;
  /** When each request row was made, by organization and row. */
  readonly requestedAt: Map<string, number>;
  /** Intents that a step touched and that are still to be checked. */
  readonly touched: Set<string>;
  readonly alarms: Map<string, number>;
  readonly violations: { readonly invariant: number; readonly what: string; readonly step: number }[];
}

export const createHistory = (): History => ({
  sent: new Map(), signed: new Set(), planned: new Map(), arrived: new Map(), toldApproved: new Set(), askedToUndo: new Set(), refundsAsked: new Map(), approvedRefunds: new Map(), deals: new Map(), requestedAt: new Map(), touched: new Set(), alarms: new Map(), violations: [],
});

/** What changed in an intent, for the trace. */
export const changesOf = (before: Intent | undefined, after: Intent): string => after.effects.flatMap((effect, index) => {
  const old = before?.effects[index];
  return old?.state === effect.state && old.attempts.length === effect.attempts.length ? [] : [`${effect.step}#${effect.attempts.length} ${old?.state ?? ""}→${effect.state}${effect.reason === undefined ? "" : ` (${effect.reason})`}`];
}).join(", ");

/** Takes in an intent as it was committed. */
export function remember(history: History, intent: Intent): void {
  const key = intentKey(intent);
  history.touched.add(key);
  for (const effect of intent.effects) {
    for (const attempt of effect.attempts) {
      const one: Sent = { intent: key, organizationId: intent.organizationId, effectId: effect.effectId, kind: effect.kind };
      history.planned.set(attempt.merchantReference, one);
      if (attempt.sentAt !== undefined) history.sent.set(attempt.merchantReference, one);
      if (attempt.signatureExpiresAt !== undefined) history.signed.add(attempt.merchantReference);
    }
  }
}
