// What the picker says: texts from the resx in the user's language and format, and what its button will do.
import { paymentDecisionTable, paymentRequestTable } from "@cybs/schema";
import { formatAmount, localeOf, mayCreate, saidIn } from "@cybs/controls-shared";
import { checkAmount, LABEL_KEYS, openAmount, type PickerState } from "./state";
import type { IInputs } from "./generated/ManifestTypes";

export type Context = ComponentFramework.Context<IInputs>;

export class PickerWords {
  readonly #context: () => Context;
  constructor(context: () => Context) { this.#context = context; }

  t(key: string, ...values: readonly string[]): string {
    return values.reduce((text, value, index) => text.replace(`{${index}}`, value), this.#context().resources.getString(key));
  }
  said(text: string): string { return saidIn(this.locale, text); }
  get locale(): string { return localeOf(this.#context().userSettings.languageId); }
  labelOf(name: keyof typeof LABEL_KEYS): string { return this.t(LABEL_KEYS[name]); }

  buttonText(state: PickerState): string {
    const { order } = state;
    if (order === undefined) return "";
    const check = checkAmount(state, this.locale);
    return this.t(state.action === "sale" ? "Charge" : "Authorize", formatAmount(check.ok ? check.amount : openAmount(order), order.currency, this.locale));
  }

  /** Who may create a decision may decide, and who may create a request may take a payment. */
  mayDecide(): boolean { return mayCreate(this.#context(), paymentDecisionTable.logicalName); }
  mayTake(): boolean { return mayCreate(this.#context(), paymentRequestTable.logicalName); }
}
