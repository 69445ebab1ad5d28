// Where Cybersource's documentation is silent, the worst permitted answer. Each strictness has a name and a switch in the settings: a share
// (0 to 1) of the transactions that the seed picks, or yes and no. Picks hang on seed, name and reference only, never on the order of calls.

/** Shares of transactions. All 0 by default, so that the sandbox is mild. */
export interface PickedStrictness {
  /** Search and detail show it after a minute to a day, not after `searchLagMs`. */
  longSearchLag: number;
  /** Search never shows it; detail by id does. */
  neverInSearch: number;
  /** Search and detail leave out for ten minutes what happened to it. */
  staleStatus: number;
  /** 502, not found by its transaction id, and completed right after a timeout reversal was refused (or 20 minutes later). */
  lateAuthorization: number;
  /** Executed, and answered 429 or 502. */
  failsAfterExecution: number;
  /** Goes to the processor just before the void arrives. */
  batchedBeforeVoid: number;
}

/** Yes or no, for the whole merchant. The defaults are the documented or recorded behaviour, the worse one where there is none. */
export interface FlatStrictness {
  /** A timeout void of an original that failed is answered VOIDED (timeout void guide). */
  voidsFailedOriginals: boolean;
  /** A merchant transaction id used twice is taken twice; that a repeat is refused is not documented. */
  acceptsRepeatedTransactionId: boolean;
  /** A refund above what is left is taken: whether it is checked depends on the processor. */
  acceptsSecondRefund: boolean;
  /** A void leaves the cardholder's hold (payments guide). */
  holdAfterVoid: boolean;
  /** Several captures of one authorization; without it a partial capture gives up the rest (payments guide). */
  multiCapture: boolean;
  /** A transaction in fraud review can be reversed; the guide says it cannot. */
  reversesReviews: boolean;
  /** Decimals that a currency does not have are cut off silently (payments guide); refused otherwise. */
  truncatesAmounts: boolean;
}
export type Strictness = PickedStrictness & FlatStrictness;

export const mildStrictness = (): Strictness => ({
  longSearchLag: 0, neverInSearch: 0, staleStatus: 0, lateAuthorization: 0, failsAfterExecution: 0, batchedBeforeVoid: 0,
  voidsFailedOriginals: false, acceptsRepeatedTransactionId: true, acceptsSecondRefund: true, holdAfterVoid: true, multiCapture: false, reversesReviews: false, truncatesAmounts: true,
});

/** What the one switch `worst` sets: everything at once, by seed. */
export const worstStrictness = (): Strictness => ({
  longSearchLag: 0.3, neverInSearch: 0.05, staleStatus: 0.3, lateAuthorization: 0.1, failsAfterExecution: 0.1, batchedBeforeVoid: 0.2,
  voidsFailedOriginals: true, acceptsRepeatedTransactionId: true, acceptsSecondRefund: true, holdAfterVoid: true, multiCapture: false, reversesReviews: false, truncatesAmounts: true,
});

interface Picking { readonly seed: number; readonly settings: PickedStrictness & { readonly webhookLoss: number; readonly webhookDuplication: number } }

const FNV_PRIME = 16_777_619;

/** 0 ≤ value < 1, the same for the same seed, name and reference (FNV-1a, mixed once more). */
function chance(seed: number, text: string): number {
  let hash = (2_166_136_261 ^ seed) >>> 0;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
}

export const isPicked = (state: Picking, name: keyof PickedStrictness | "webhookLoss" | "webhookDuplication", reference: string): boolean => state.settings[name] > 0 && chance(state.seed, `${name}:${reference}`) < state.settings[name];

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** From a minute to a day, every order of magnitude as likely as the next. */
export const longLagMs = (state: Picking, reference: string): number => Math.round(MINUTE_MS * DAY_MINUTES ** chance(state.seed, `lag:${reference}`));
/** 429 as often as 502. */
export const failsAs429 = (state: Picking, reference: string): boolean => chance(state.seed, `429:${reference}`) < 0.5;
