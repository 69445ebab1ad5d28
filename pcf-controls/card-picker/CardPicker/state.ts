// What the card picker knows and shows: one value, replaced as a whole. Pure: everything that has an effect is in actions.ts.
import { consentTextsFor } from "@cybs/contract";
import { formatAmount, needsState, parseAmount, parseTyped, toTypedText } from "@cybs/controls-shared";

export type Phase = "loading" | "stopped" | "ready" | "sending" | "asking" | "result";
export interface SavedCard { readonly id: string; readonly brand: string; readonly lastFour: string; readonly expiry: string; readonly isDefault: boolean; readonly isUsable: boolean; readonly isExpired: boolean; /** Why the relay would refuse it, beside its age. */ readonly obstacle?: "ToConfirm" | "OtherCurrency" | undefined; /** Its holder agreed to payments that the merchant starts. */ readonly isAgreed?: boolean | undefined }
export interface OrderFacts { readonly table: "salesorder" | "invoice"; readonly id: string; readonly number: string; readonly customerName: string; readonly customerId: string | undefined; readonly total: bigint; readonly paid: bigint; readonly inProgress: bigint; readonly currency: string; readonly currencyId: string | undefined; readonly isClosed: boolean; /** More digits than the currency has: no amount of it can be taken. */ readonly isTotalUnfit?: boolean | undefined;
  /** Of an invoice: what the relay leaves open, which also knows what cash and cards have paid of its order. */
  readonly openAtRelay?: bigint | undefined; /** Of an invoice, and what stands on that order without an answer. */ readonly salesOrderId?: string | undefined; readonly unknownOnOrder?: bigint | undefined }
export interface Cardholder { readonly firstname: string; readonly lastname: string; readonly line1: string; readonly city: string; readonly stateorprovince: string; readonly postalcode: string; readonly country: string; readonly emailaddress: string }
export type ResultKind = "approved" | "authorized" | "declined" | "refused" | "unknown" | "review" | "soft_decline" | "partial" | "not_executed" | "undone";
export interface Result {
  readonly kind: ResultKind;
  readonly amount?: bigint | undefined;
  readonly agentText?: string | undefined;
  readonly customerText?: string | undefined;
  readonly reason?: string | undefined;
  readonly approvalCode?: string | undefined;
  readonly card?: string | undefined;
  readonly nextLookOn?: string | undefined;
  readonly occurredOn?: string | undefined;
  /** Without a decision it is released then. */
  readonly decideBy?: string | undefined;
  readonly transactionId: string;
  readonly paymentId?: string | undefined;
  readonly isFinal: boolean;
}
/** Why nothing can be done here, and what the person can do instead; `again` makes a new draft. */
export interface Stop { readonly message: string; readonly way: "none" | "retry" | "again" }
/** Card entry in its frame. A saved card can be sent without it: then the relay finds the row by itself. */
export type Entry = { readonly status: "opening" } | { readonly status: "ready" } | { readonly status: "failed"; readonly message: string; readonly frameSource?: string | undefined; readonly tabUrl?: string | undefined };

export interface PickerState {
  readonly phase: Phase;
  readonly stop?: Stop | undefined;
  readonly order?: OrderFacts | undefined;
  readonly cards: readonly SavedCard[];
  /** A saved card's id, or "new". */
  readonly choice: string;
  readonly amountText: string;
  readonly channel: number;
  readonly expiryMonth: string;
  readonly expiryYear: string;
  readonly saveCard: boolean;
  /** Later, without the customer: asked only of a card that is saved. */
  readonly merchantMayCharge: boolean;
  /** The setting: which words are in force. */
  readonly consentTextVersion: string;
  readonly holder: Cardholder;
  readonly action: "authorization" | "sale";
  readonly entry: Entry;
  readonly error?: string | undefined;
  /** What happened to card entry meanwhile, said once. */
  readonly note?: string | undefined;
  /** The input that the error is about. */
  readonly errorField?: string | undefined;
  readonly result?: Result | undefined;
  readonly frameUrl?: string | undefined;
  /** A new number makes a new frame. */
  readonly frameKey: number;
  readonly validUntil?: string | undefined;
  readonly isSlow: boolean;
  readonly isDeciding: boolean;
  readonly mayDecide: boolean;
}

export const NO_HOLDER: Cardholder = { firstname: "", lastname: "", line1: "", city: "", stateorprovince: "", postalcode: "", country: "", emailaddress: "" };
export const initialState: PickerState = {
  phase: "loading", cards: [], choice: "new", amountText: "", channel: 0, expiryMonth: "", expiryYear: "", saveCard: false, merchantMayCharge: false, consentTextVersion: "", holder: NO_HOLDER, action: "sale",
  entry: { status: "opening" }, frameKey: 0, isSlow: false, isDeciding: false, mayDecide: false,
};

export function openAmount({ total, paid, inProgress, openAtRelay }: OrderFacts): bigint {
  const open = total - paid - inProgress;
  const least = openAtRelay !== undefined && openAtRelay < open ? openAtRelay : open;
  return least < 0n ? 0n : least;
}
/** Also what has no answer on the order of an invoice, as far as that closes the invoice: it is not paid. */
export function inProgressAmount(order: OrderFacts): bigint {
  const taken = order.openAtRelay === undefined ? 0n : order.total - order.paid - order.inProgress - openAmount(order);
  const unknown = order.unknownOnOrder ?? 0n;
  return order.inProgress + (taken <= 0n ? 0n : taken < unknown ? taken : unknown);
}
/** Also what was paid on the order: the figures add up. */
export const paidAmount = (order: OrderFacts): bigint => (order.openAtRelay === undefined ? order.paid : order.total - inProgressAmount(order) - openAmount(order));
/** What was typed before, else what the row says, but never more than is open now: the order may have changed meanwhile. */
export function amountToOffer(order: OrderFacts, before: { readonly typed?: string | undefined; readonly onRow?: number | undefined }, locale: string): string {
  const open = openAmount(order);
  const known = before.typed !== undefined ? parseTyped(before.typed, order.currency, locale) : before.onRow !== undefined ? parseAmount(String(before.onRow), order.currency) : undefined;
  if (before.typed !== undefined && (known === undefined || known <= open)) return before.typed;
  return toTypedText(known === undefined || known > open ? open : known, order.currency, locale);
}
export const consentTexts = (state: PickerState): ReturnType<typeof consentTextsFor> => consentTextsFor(state.consentTextVersion);
export const isMerchantAllowed = (state: PickerState): boolean => state.saveCard && state.merchantMayCharge && consentTexts(state).merchantToo !== undefined;
/** The version of the words that the ticks stand for. */
export function agreedText(state: PickerState): string {
  const { saving, merchantToo } = consentTexts(state);
  return isMerchantAllowed(state) ? merchantToo ?? saving : saving;
}
/** A person has to say whether it counts. */
export const waitsForDecision = (result: Result): boolean => !result.isFinal && (result.kind === "soft_decline" || result.kind === "partial");
export const isNewCard = (state: PickerState): boolean => state.choice === "new";
/** The channel in which the customer is not there, as agreed. */
const ABSENT = 2;
/** Why this card cannot be chosen: the relay would refuse it. */
export const obstacleOf = (card: SavedCard, channel: number): "ToConfirm" | "OtherCurrency" | "NotAgreed" | undefined => card.obstacle ?? (channel === ABSENT && card.isAgreed !== true ? "NotAgreed" : undefined);
export const isChoosable = (card: SavedCard, channel: number): boolean => card.isUsable && obstacleOf(card, channel) === undefined;
/** The default card, else the newest one that can be used, else a new card. */
export function firstChoice(cards: readonly SavedCard[], channel = 0): string {
  const usable = cards.filter((card) => isChoosable(card, channel));
  return (usable.find((card) => card.isDefault) ?? usable[0])?.id ?? "new";
}
/** What stays chosen in another channel: a card that cannot be used there gives way. */
export function choiceIn(channel: number, { cards, choice }: Pick<PickerState, "cards" | "choice">): string {
  const chosen = cards.find((card) => card.id === choice);
  return chosen === undefined || isChoosable(chosen, channel) ? choice : firstChoice(cards, channel);
}
export const canPay = (state: PickerState): boolean => state.phase === "ready" && (!isNewCard(state) || state.entry.status === "ready");

export type Check = { readonly ok: true; readonly amount: bigint } | { readonly ok: false; readonly key: string; readonly values: readonly string[]; readonly field: string };
const REQUIRED: readonly (keyof Cardholder)[] = ["firstname", "lastname", "line1", "city", "country", "emailaddress"];
export const LABEL_KEYS: Readonly<Record<keyof Cardholder, string>> = { firstname: "FirstName", lastname: "LastName", line1: "Line1", city: "City", stateorprovince: "State", postalcode: "PostalCode", country: "Country", emailaddress: "Email" };

/** State and postal code are asked for where address verification uses them, and nowhere else. */
export const requiredFields = (country: string): readonly (keyof Cardholder)[] => (needsState(country) ? [...REQUIRED, "stateorprovince", "postalcode"] : REQUIRED);

export function checkAmount(state: PickerState, locale: string): Check {
  const { order } = state;
  if (order === undefined) return { ok: false, key: "ReadFailed", values: [], field: "" };
  const amount = parseTyped(state.amountText, order.currency, locale);
  if (amount === undefined || amount === 0n) return { ok: false, key: "AmountWrong", values: [formatAmount(openAmount(order), order.currency, locale)], field: "amount" };
  if (amount > openAmount(order)) return { ok: false, key: "AmountAboveOpen", values: [formatAmount(openAmount(order), order.currency, locale)], field: "amount" };
  return { ok: true, amount };
}

/** What stands between the button and the bank: the first thing that is missing, in the order of the form. */
export function checkInput(state: PickerState, now: Date, locale: string): Check {
  const amount = checkAmount(state, locale);
  if (!amount.ok) return amount;
  const chosen = state.cards.find((card) => card.id === state.choice);
  if (chosen !== undefined && obstacleOf(chosen, state.channel) === "NotAgreed") return { ok: false, key: "CardNotAgreed", values: [], field: "" };
  if (!isNewCard(state)) return amount;
  if (!isExpiryGood(state.expiryMonth, state.expiryYear, now)) return { ok: false, key: "ExpiryWrong", values: [], field: "expiry" };
  const missing = requiredFields(state.holder.country).find((name) => state.holder[name].trim() === "");
  if (missing !== undefined) return { ok: false, key: "FieldMissing", values: [LABEL_KEYS[missing]], field: missing };
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(state.holder.emailaddress.trim())) return { ok: false, key: "EmailWrong", values: [], field: "emailaddress" };
  return amount;
}

export function isExpiryGood(month: string, year: string, now: Date): boolean {
  if (!/^(0?[1-9]|1[0-2])$/.test(month) || !/^\d\d$/.test(year)) return false;
  const end = new Date(Date.UTC(2000 + Number(year), Number(month), 1));
  return end.getTime() > now.getTime() && Number(year) < (now.getUTCFullYear() % 100) + 21;
}

/** Characters that break signatures and calls are no part of a name or an address. */
export const cleanText = (text: string): string => Array.from(text, (one) => (one < " " || one === "\u007f" || one === "<" || one === ">" ? " " : one)).join("").replace(/\s+/g, " ").trim();
