// The refund panel as people see it: how much, why, which way it will go, and one button that says what it will do.
import * as React from "react";
import { AmountField, ErrorLine, Figures, MainButton, mostToGiveBack, Panel, SideButton, Stopped, useStore, Waiting } from "@cybs/controls-shared";
import type { RefundActions } from "./actions";
import { AskedView } from "./AskedView";
import { CreditForm } from "./CreditForm";
import type { Props } from "./props";
import { NoteField, ReasonField } from "./Why";
import { checkAmount, isShared, mostOf, paymentOf } from "./state";
import { WayView } from "./WayView";


export function RefundView({ actions, variables }: { readonly actions: RefundActions; readonly variables: Record<string, string> }): React.ReactElement {
  const state = useStore(actions.store);
  const { words } = actions;
  const payment = paymentOf(state);
  return (
    <Panel name="refund" words={words} variables={variables} label={words.t("GiveMoneyBack")}>
      {state.phase === "loading" ? <Waiting text={words.t("Loading")} /> : null}
      {state.phase === "stopped" ? <Stopped text={words.t(state.stop?.key ?? "ReadFailed")}>{state.stop?.canRetry === true ? <SideButton onClick={() => { void actions.start(); }}>{words.t("LookAgain")}</SideButton> : null}</Stopped> : null}
      {state.phase === "credit" ? <CreditForm actions={actions} state={state} words={words} /> : null}
      {payment === undefined || state.phase === "credit" || state.phase === "loading" || state.phase === "stopped" ? null : state.phase === "sent" ? <AskedView actions={actions} state={state} words={words} payment={payment} /> : <Form actions={actions} state={state} words={words} payment={payment} />}
    </Panel>
  );
}

function Form({ actions, state, words, payment }: Props): React.ReactElement {
  const show = (minor: bigint): string => words.money(minor, payment.currency);
  const check = checkAmount(state, words.locale);
  const most = mostOf(state);
  const figures = [{ key: words.t("F_Captured"), value: show(payment.captured) }, { key: words.t("F_Refunded"), value: show(payment.refunded) }, { key: words.t("F_Pending"), value: show(payment.pending) }, { key: words.t("F_Most"), value: show(most), isMain: true }];
  return (
    <form onSubmit={(event) => { event.preventDefault(); void actions.send(); }} noValidate aria-label={words.t("GiveMoneyBack")}>
      <p>{payment.documentName === "" ? "" : `${payment.documentName} · `}<strong>{payment.card}</strong></p>
      <Figures figures={figures} />
      {isShared(state, most) ? <p className="cybs-quiet">{words.t("InvoiceShare", show(most))}</p> : null}
      {state.payments.length > 1 ? <Cards actions={actions} state={state} words={words} payment={payment} /> : null}
      <div className="cybs-row">
        <AmountField id="cybs-refund-amount" label={words.t("Amount")} currency={payment.currency} value={state.amountText} isWrong={state.errorField === "amount"} isDisabled={most === 0n} onChange={(amountText) => { actions.edit({ amountText }); }} />
        <ReasonField actions={actions} state={state} words={words} />
      </div>
      <NoteField actions={actions} state={state} words={words} />
      <WayView state={state} words={words} payment={payment} check={check} />
      <ErrorLine id="cybs-refund" text={state.errorKey === undefined ? undefined : words.t(state.errorKey, show(most))} />
      <div className="cybs-actions">
        {state.phase === "sending" ? <span className="cybs-quiet" role="status">{words.t("Sending")}</span> : null}
        {state.credit === undefined || state.phase === "sending" ? null : <SideButton onClick={() => { actions.beginCredit(); }}>{words.t("CreditInstead")}</SideButton>}
        <MainButton isSubmit disabled={state.phase === "sending" || most === 0n}>{words.t("GiveBack", show(check.ok ? check.amount : most))}</MainButton>
      </div>
    </form>
  );
}

/** Several payments stand behind one document: money goes back to where it came from. */
function Cards({ actions, state, words }: Props): React.ReactElement {
  return (
    <fieldset className="cybs-row" style={{ display: "block" }}><legend>{words.t("BackTo")}</legend>
      {state.payments.map((one, index) => (
        <label key={one.id} className="cybs-choice"><input type="radio" name="cybs-refund-card" checked={state.chosen === index} onChange={() => { actions.choose(index); }} />
          <strong>{one.card === "" ? one.name : one.card}</strong><span className="cybs-quiet">{words.t("UpTo", words.money(mostToGiveBack(one, state.now), one.currency))}</span></label>
      ))}
    </fieldset>
  );
}
