// A credit that belongs to no payment: to which card, how much, why; who else has to agree is said before the button.
import * as React from "react";
import { AmountField, ErrorLine, Icon, MainButton } from "@cybs/controls-shared";
import type { Props } from "./props";
import { NoteField, ReasonField } from "./Why";
import { checkCredit } from "./state";

export function CreditForm({ actions, state, words }: Omit<Props, "payment">): React.ReactElement | null {
  const { credit } = state;
  if (credit === undefined) return null;
  const check = checkCredit({ ...state, reason: 0 }, words.locale);
  return (
    <form onSubmit={(event) => { event.preventDefault(); void actions.sendCredit(); }} noValidate aria-label={words.t("CreditTitle")}>
      <p>{credit.documentName} · <strong>{words.t("CreditTitle")}</strong></p>
      <fieldset className="cybs-row" style={{ display: "block" }}><legend>{words.t("BackTo")}</legend>
        {credit.cards.map((card, index) => <label key={card.id} className="cybs-choice"><input type="radio" name="cybs-credit-card" checked={state.creditCard === index} onChange={() => { actions.chooseCard(index); }} /><strong style={{ marginInlineStart: 0, textAlign: "start" }}>{card.name}</strong></label>)}
      </fieldset>
      <div className="cybs-row">
        <AmountField id="cybs-refund-amount" label={words.t("Amount")} currency={credit.currency} value={state.amountText} isWrong={state.errorField === "amount"} onChange={(amountText) => { actions.edit({ amountText }); }} />
        <ReasonField actions={actions} state={state} words={words} />
      </div>
      <NoteField actions={actions} state={state} words={words} />
      <div className="cybs-way cybs-limit" role="status"><Icon name="clock" size={18} /><p>{words.t("CreditWhat")}</p></div>
      <ErrorLine id="cybs-refund" text={state.errorKey === undefined ? undefined : words.t(state.errorKey)} />
      <div className="cybs-actions"><MainButton isSubmit>{check.ok ? words.t("CreditAsk", words.money(check.amount, credit.currency)) : words.t("CreditAskPlain")}</MainButton></div>
    </form>
  );
}
