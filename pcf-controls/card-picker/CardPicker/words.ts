// What the picker says: texts from the resx in the user's language and format, and what its button will do.
import { paymentDecisionTable } from "@cybs/schema";
import { formatAmount, localeOf } from "@cybs/controls-shared";
import { checkAmount, LABEL_KEYS, openAmount, type PickerState } from "./state";
import type { IInputs } from "./generated/ManifestTypes";

export type Context = ComponentFramework.Context<IInputs>;
const PRIVILEGE_CREATE = 1;
const DEPTH_BASIC = 0;

export class PickerWords {
  readonly #context: () => Context;
  constructor(context: () => Context) { this.#context = context; }

  t(key: string, ...values: readonly string[]): string {
    return values.reduce((text, value, index) => text.replace(`{${index}}`, value), this.#context().resources.getString(key));
  }
  get locale(): string { return localeOf(this.#context().userSettings.languageId); }
  labelOf(name: keyof typeof LABEL_KEYS): string { return this.t(LABEL_KEYS[name]); }

  buttonText(state: PickerState): string {
    const { order } = state;
    if (order === undefined) return "";
    const check = checkAmount(state, this.locale);
    return this.t(state.action === "sale" ? "Charge" : "Authorize", formatAmount(check.ok ? check.amount : openAmount(order), order.currency, this.locale));
  }

  /** Who may create a decision may decide; where the host does not say, Dataverse will. */
  mayDecide(): boolean {
    try { return this.#context().utils.hasEntityPrivilege(paymentDecisionTable.logicalName, PRIVILEGE_CREATE, DEPTH_BASIC); } catch { return true; }
  }
}
