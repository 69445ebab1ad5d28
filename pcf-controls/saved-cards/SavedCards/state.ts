// What the list of saved cards knows and shows: one value, replaced as a whole. Pure.
export interface Card { readonly id: string; readonly brand: string; readonly lastFour: string; readonly nickname: string; readonly expiry: string; readonly isExpired: boolean; readonly isDefault: boolean; readonly isActive: boolean; readonly needsMergeConsent: boolean; readonly consentedOn: string | undefined }
/** confirm: the customer has it by a merge, and a person says that it is his. */
export type CardAction = "default" | "rename" | "remove" | "confirm";
/** What is under way with one card: being asked, sent, or refused with words. */
export interface CardWork { readonly cardId: string; readonly action: CardAction; readonly step: "asking" | "sending" | "waiting" | "refused"; readonly text?: string | undefined }
export interface CardsState { readonly phase: "loading" | "stopped" | "ready"; readonly stopKey: string; readonly customerName: string; readonly cards: readonly Card[]; readonly work?: CardWork | undefined; /** What is typed: a new name, or why a merge is right. */
  readonly typed: string; readonly done?: CardAction | undefined; readonly mayChange: boolean; readonly mayConfirm: boolean }

export const initialState: CardsState = { phase: "loading", stopKey: "ReadFailed", customerName: "", cards: [], typed: "", mayChange: false, mayConfirm: false };
export const cardName = (card: Card): string => `${card.brand} •••• ${card.lastFour}`;
/** One action at a time: the list must not change under it. */
export const isBusy = (state: CardsState): boolean => state.work?.step === "sending" || state.work?.step === "waiting";
/** May become the default: one that pays, and that nobody has to confirm first. */
export const isPreferable = (card: Card): boolean => card.isActive && !card.isExpired && !card.isDefault && !card.needsMergeConsent;
