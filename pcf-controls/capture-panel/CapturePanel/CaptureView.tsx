// The capture panel as people see it: what is held and until when, one amount, what happens with the rest, and one button.
import * as React from "react";
import { AmountField, ErrorLine, Figures, Icon, MainButton, OutcomePanel, Panel, SideButton, Stopped, useStore, Waiting, type OutcomeKind, type PaymentFacts, type Words } from "@cybs/controls-shared";
import type { CaptureActions } from "./actions";
import { checkInput, isExpired, isExpiring, mostOf, releasedBy, type CaptureState, type Step } from "./state";

interface Props { readonly actions: CaptureActions; readonly state: CaptureState; readonly words: Words; readonly payment: PaymentFacts }
const TITLES: Readonly<Record<Step, Readonly<Partial<Record<OutcomeKind, string>>>>> = { capture: { approved: "O_Captured", declined: "O_NotCaptured" }, increase: { approved: "O_Increased", declined: "O_NotIncreased" }, release: { approved: "O_Released", declined: "O_NotReleased" } };
const BUTTONS: Readonly<Record<Step, string>> = { capture: "CaptureAmount", increase: "IncreaseBy", release: "ReleaseAmount" };

export function CaptureView({ actions, variables }: { readonly actions: CaptureActions; readonly variables: Record<string, string> }): React.ReactElement {
  const state = useStore(actions.store);
  const { words } = actions;
  const { payment, phase } = state;
  return (
    <Panel name="capture" words={words} variables={variables} label={words.t("Capture")}>
      {phase === "loading" ? <Waiting text={words.t("Loading")} /> : null}
      {phase === "stopped" ? <Stopped text={words.t(state.stop?.key ?? "ReadFailed")} more={payment?.nextText === undefined ? undefined : words.said(payment.nextText)}>{state.stop?.canRetry === true ? <SideButton onClick={() => { void actions.start(); }}>{words.t("LookAgain")}</SideButton> : null}</Stopped> : null}
      {payment === undefined ? null : phase === "ready" || phase === "sending" ? <Form actions={actions} state={state} words={words} payment={payment} /> : phase === "sent" ? <Sent actions={actions} state={state} words={words} payment={payment} /> : null}
    </Panel>
  );
}

function Form({ actions, state, words, payment }: Props): React.ReactElement {
  const show = (minor: bigint): string => words.money(minor, payment.currency);
  const check = checkInput(state, words.locale);
  const isAllowed = state.step === "release" ? state.mayRelease : state.mayRequest;
  const figures = [{ key: words.t("F_Authorized"), value: show(payment.authorized) }, { key: words.t("F_Captured"), value: show(payment.captured) }, { key: words.t("F_Released"), value: show(payment.reversed) }, { key: words.t("F_Held"), value: show(payment.held), isMain: true }];
  const steps: readonly Step[] = ["capture", ...(state.gap > 0n ? ["increase" as const] : []), "release"];
  return (
    <form onSubmit={(event) => { event.preventDefault(); void actions.send(); }} noValidate aria-label={words.t("Capture")}>
      <p className="cybs-head"><span>{payment.documentName === "" ? "" : `${payment.documentName} · `}<strong>{payment.card}</strong></span><Expiry state={state} words={words} payment={payment} /></p>
      <Figures figures={figures} />
      <div className="cybs-tabs" role="group" aria-label={words.t("WhatToDo")}>{steps.map((step) => <button key={step} type="button" aria-pressed={state.step === step} onClick={() => { actions.choose(step); }}>{words.t(`Step_${step}`)}</button>)}</div>
      {state.step === "release" ? null : <div className="cybs-row"><AmountField id="cybs-capture-amount" label={words.t("Amount")} currency={payment.currency} value={state.amountText} isWrong={state.errorKey !== undefined} onChange={(text) => { actions.edit(text); }} hint={words.t("AtMost", show(mostOf(state)))} /></div>}
      <Consequence state={state} words={words} payment={payment} amount={check.ok ? check.amount : undefined} />
      <ErrorLine id="cybs-capture-amount" text={state.errorKey !== undefined ? words.t(state.errorKey, show(mostOf(state))) : isAllowed ? undefined : words.t(state.step === "release" ? "NoRelease" : "NoPrivilege")} />
      <div className="cybs-actions">
        {state.phase === "sending" ? <span className="cybs-quiet" role="status">{words.t("Sending")}</span> : null}
        <MainButton isSubmit disabled={state.phase === "sending" || !isAllowed || (state.step === "increase" && !payment.canIncrement)}>{words.t(BUTTONS[state.step], show(check.ok ? check.amount : mostOf(state)))}</MainButton>
      </div>
    </form>
  );
}

function Expiry({ state, words, payment }: Omit<Props, "actions">): React.ReactElement | null {
  if (payment.expiresOn === undefined) return null;
  const isLate = isExpired(payment, state.now);
  const isNear = isExpiring(payment, state.now);
  return <span className={isLate || isNear ? "cybs-warning" : "cybs-quiet"}>{isLate || isNear ? <Icon name="warning" size={16} /> : null} {words.t(isLate ? "ExpiredOn" : "ExpiresOn", words.dateTime(payment.expiresOn))}</span>;
}

/** What happens besides: said before the button, never after. */
function Consequence({ state, words, payment, amount }: Omit<Props, "actions"> & { readonly amount: bigint | undefined }): React.ReactElement | null {
  const show = (minor: bigint): string => words.money(minor, payment.currency);
  const released = amount === undefined ? 0n : releasedBy(state, amount);
  const say = (text: string, isWarning: boolean): React.ReactElement => <div className={`cybs-way${isWarning ? " cybs-limit" : ""}`} role="status"><Icon name={isWarning ? "warning" : "check"} size={18} /><p>{text}</p></div>;
  if (state.step === "release") return say(words.t("Way_Release", show(payment.held)), true);
  if (state.step === "increase") return say(payment.canIncrement ? words.t("Way_Increase", show(state.gap)) : words.t("Way_NoIncrease", show(state.gap)), !payment.canIncrement);
  if (isExpired(payment, state.now)) return say(words.t("Way_Expired"), true);
  if (released > 0n) return say(words.t("Way_Once", show(amount ?? 0n), show(released)), true);
  if (amount !== undefined && amount < payment.held) return say(words.t("Way_Rest", show(payment.held - amount)), false);
  return say(words.t("Way_All"), false);
}

function Sent({ actions, state, words, payment }: Props): React.ReactElement {
  const { outcome, step } = state;
  const kind = outcome?.kind ?? "asking";
  if (outcome === undefined || kind === "asking" || kind === "waiting") return <Waiting text={words.t("Asking")} more={words.t("GoesOn")} />;
  const title = TITLES[step][kind] ?? (kind === "unknown" ? "O_Unknown" : kind === "review" ? "O_Review" : "O_Withdrawn");
  return (
    <OutcomePanel words={words} outcome={outcome} currency={payment.currency} title={words.t(title)} card={payment.card}>
      {outcome.isFinal ? <div className="cybs-actions cybs-start"><SideButton onClick={() => { void actions.start(); }}>{words.t("GoOn")}</SideButton></div> : null}
      <p className="cybs-quiet">{words.t(outcome.isFinal ? "CanClose" : "CloseLater")}</p>
    </OutcomePanel>
  );
}
