// One payment: what its founding request asked for, every later row that changes it, and all effects. The unit that is loaded, locked,
// decided on and written back (docs/adr/0009).
import type { EffectId, OrganizationId, PaymentRequestId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { ChangeCommand, Command, CommandTable } from "./command.ts";
import { isMoneyOut, isOpen, isRunning, type Effect } from "./effect.ts";

/** The deal is what a person wanted. It is off when withdrawn, when the document moved on, or when its window is over. */
export type Deal = "on" | "withdrawn" | "expired" | "document_changed" | "incident";

export interface HeardDispute {
  /** The capture or sale in question; undefined in what was heard before each had its own. */
  readonly effectId?: EffectId | undefined;
  readonly at: Instant;
  readonly isOpen: boolean;
  readonly dueAt?: Instant | undefined;
}

export interface Intent {
  readonly organizationId: OrganizationId;
  /** The row that founded it. */
  readonly paymentRequestId: PaymentRequestId;
  /** In which table the founding row stands; payment requests unless it says otherwise. */
  readonly table?: CommandTable | undefined;
  /** Later rows that change this payment, oldest first; the effects of each carry its `commandId`. */
  readonly commands: readonly ChangeCommand[];
  /** Under dispute at the bank: nothing is given back until that is decided (told by settlement and webhooks). True while any of `disputes` is open. */
  readonly isDisputed?: true | undefined;
  /** By when the bank wants an answer to the most urgent one, where its report says. */
  readonly disputeDueAt?: Instant | undefined;
  /** What the bank last said, and when, of each transaction that was ever disputed: older lines change nothing. */
  readonly disputes?: readonly HeardDispute[] | undefined;
  /** Instead of `disputes`, in bodies written when a payment had one dispute at most. */
  readonly disputeHeardAt?: Instant | undefined;
  /** UUIDv5(organization, request, "payment"): the cybs_payment row. */
  readonly paymentId: string;
  /** Undefined until the row was read and frozen. */
  readonly command?: Command | undefined;
  readonly deal: Deal;
  readonly claimedAt: Instant;
  readonly effects: readonly Effect[];
  /** Grows with every change; the rows in Dataverse carry it and never go back. */
  readonly revision: number;
  /** The ledger went back to a backup, and Dataverse showed more of this payment than it knew: from then on ids that the lost one may have used are not used again. */
  readonly wentBackAt?: Instant | undefined;
  /** A person has been told "approved": recovery never takes that back (recovery rules, law 9). */
  readonly isToldApproved: boolean;
}

export const findEffect = (intent: Intent, effectId: EffectId): Effect | undefined => intent.effects.find((effect) => effect.effectId === effectId);
/** The claim: the effect that brings money in. Every intent has exactly one. */
export function mainEffect(intent: Intent): Effect {
  const main = intent.effects[0];
  if (main === undefined) throw new Error(`intent ${intent.paymentRequestId} has no effect`);
  return main;
}
/** The founding effect, where it takes money. A credit that founds a payment of its own is the wish of a row, like every later one. */
export const bringsMoneyIn = (intent: Intent, effect: Effect): boolean => effect.effectId === mainEffect(intent).effectId && effect.commandId === undefined;
/** The row that asked for an effect, where it is not simply the founding one. */
export const commandOf = (intent: Intent, effect: Pick<Effect, "commandId">): ChangeCommand | undefined =>
  effect.commandId === undefined ? undefined : intent.commands.find((command) => command.commandId === effect.commandId);
/** The claim of a later row: the first effect that carries its id. */
export const claimOf = (intent: Intent, commandId: PaymentRequestId): Effect | undefined => intent.effects.find((effect) => effect.commandId === commandId);
export const effectsOf = (intent: Intent, commandId: PaymentRequestId): readonly Effect[] => intent.effects.filter((effect) => effect.commandId === commandId);
/** Something else of this payment is on its way or unknown: whatever comes next waits for it (recovery rules, law 3). */
export const isBusy = (intent: Intent, except: EffectId): boolean => intent.effects.some((effect) => effect.effectId !== except && isRunning(effect)) || (intent.effects[0]?.state === "claiming" && intent.effects[0].effectId !== except);
/** From when on an effect may have been at Cybersource: its first send, or, when no send was noted (its ledger or process was lost), the claim. */
export const firstSentAt = (intent: Intent, effect: Effect): Instant => effect.attempts.find((attempt) => attempt.sentAt !== undefined)?.sentAt ?? commandOf(intent, effect)?.claimedAt ?? intent.claimedAt;
export const openUndoOf = (intent: Intent, effectId: EffectId): Effect | undefined =>
  intent.effects.find((effect) => effect.undoes === effectId && isOpen(effect));
export const hasSucceededUndo = (intent: Intent, effectId: EffectId): boolean =>
  intent.effects.some((effect) => effect.undoes === effectId && effect.state === "approved");
/** Whether a ledger that was lost may have had this payment: attempts of it, or of a later row, are only assumed to have been sent, because a claim stood there or it was long overdue; or Dataverse showed more of it than this ledger knew. */
export const wasAnothers = (intent: Intent): boolean => intent.wentBackAt !== undefined || intent.effects.some((effect) => effect.attempts.some((attempt) => attempt.sentAt !== undefined && attempt.signatureExpiresAt === undefined));
/** People have been told "approved": from then on it is wanted, and recovery leaves it (law 9). */
export const recalled = (intent: Intent): Intent => ({ ...intent, isToldApproved: true, deal: "on", revision: intent.revision + 1 });
/** Every dispute that was heard of, open or decided. */
export const disputesOf = (intent: Intent): readonly HeardDispute[] => intent.disputes
  ?? (intent.disputeHeardAt === undefined && intent.isDisputed !== true ? [] : [{ at: intent.disputeHeardAt ?? 0, isOpen: intent.isDisputed === true, dueAt: intent.disputeDueAt }]);
/** Not sent any more, nor sent again. What a lost ledger may have sent is looked for all the same. */
export const isHeldByDispute = (intent: Intent, effect: Effect): boolean => intent.isDisputed === true && isMoneyOut(effect) && effect.state === "planned";
