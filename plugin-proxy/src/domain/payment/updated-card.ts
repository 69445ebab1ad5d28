// What an update of a card at Cybersource means for one row that holds it.
import type { StandingRow } from "../notify/rows.ts";
import type { Instant } from "../time.ts";

export interface CardNow {
  readonly isClosed: boolean;
  readonly lastFour: string | undefined;
  readonly expirationMonth: number | undefined;
  readonly expirationYear: number | undefined;
}
export interface CardHeld extends Omit<CardNow, "isClosed"> {
  readonly paymentMethodId: string;
  readonly brand: string;
  readonly state: "active" | "expired" | "blocked";
}

/** The change of the row; undefined when it says all of it already. What a bank has blocked stays so until a person looks, and a card that is renewed is not expired any more. */
export function updatedCard(held: CardHeld, now: CardNow | "gone", at: Instant): Extract<StandingRow, { table: "saved_card" }> | undefined {
  const row = { table: "saved_card", paymentMethodId: held.paymentMethodId } as const;
  if (now === "gone") return { ...row, state: "removed", isDefault: false };
  const details = { brand: held.brand, lastFour: now.lastFour ?? held.lastFour, expirationMonth: now.expirationMonth ?? held.expirationMonth, expirationYear: now.expirationYear ?? held.expirationYear };
  const isSame = details.lastFour === held.lastFour && details.expirationMonth === held.expirationMonth && details.expirationYear === held.expirationYear;
  const isGoodAgain = held.state === "expired" && details.expirationYear !== undefined && details.expirationMonth !== undefined && Date.UTC(details.expirationYear, details.expirationMonth) > at;
  const state = now.isClosed ? (held.state === "blocked" ? undefined : "blocked") : isGoodAgain ? "active" : undefined;
  if (isSame && state === undefined) return undefined;
  return { ...row, ...(isSame ? {} : { details }), ...(state === undefined ? {} : { state }) };
}
