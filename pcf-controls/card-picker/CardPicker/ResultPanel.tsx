// The outcome: icon, sentence, amount; for a refusal one sentence for the agent, one that may be read out, and the raw code behind Details.
import * as React from "react";
import { DefaultButton, PrimaryButton } from "@fluentui/react";
import { dateTimeOf, formatAmount, Icon, timeOf, type IconName } from "@cybs/controls-shared";
import type { Picker } from "./actions";
import { BUTTON, QUIET_BUTTON } from "./button-styles";
import { waitsForDecision, type PickerState, type Result, type ResultKind } from "./state";

interface Look { readonly icon: IconName; readonly title: string; readonly tone: "success" | "danger" | "warning"; readonly text?: string; readonly again?: "TryAgain" | "StartAgain" }
const LOOK: Readonly<Record<ResultKind, Look>> = {
  approved: { icon: "check", title: "Approved", tone: "success" }, authorized: { icon: "check", title: "ApprovedAuthorized", tone: "success", text: "AuthorizedText" },
  declined: { icon: "cross", title: "Declined", tone: "danger", again: "TryAgain" }, refused: { icon: "cross", title: "Refused", tone: "danger", again: "StartAgain" },
  unknown: { icon: "question", title: "Unknown", tone: "warning", text: "UnknownText" }, review: { icon: "clock", title: "Review", tone: "warning", text: "ReviewText" },
  soft_decline: { icon: "warning", title: "SoftDecline", tone: "warning" }, partial: { icon: "warning", title: "Partial", tone: "warning" }, not_executed: { icon: "cross", title: "NotExecuted", tone: "danger", text: "NotExecutedText", again: "StartAgain" },
  undone: { icon: "undo", title: "Undone", tone: "warning", again: "StartAgain" },
};

interface Props { readonly picker: Picker; readonly state: PickerState; readonly result: Result }

export function ResultPanel({ picker, state, result }: Props): React.ReactElement {
  const look = LOOK[result.kind];
  const { locale } = picker;
  const amount = result.amount === undefined ? undefined : formatAmount(result.amount, state.order?.currency ?? "USD", locale);
  // Large only where money moved or is held: a large figure under "Declined" reads as if it had been taken.
  const isLarge = look.tone !== "danger";
  const facts: readonly (readonly [string, string | undefined])[] = [["Amount", isLarge ? undefined : amount], ["Card", result.card], ["ApprovalCode", result.approvalCode], ["Time", result.occurredOn === undefined ? undefined : dateTimeOf(result.occurredOn, locale)]];
  const text = result.agentText !== undefined ? picker.said(result.agentText) : look.text === undefined ? undefined : picker.t(look.text);
  // The relay's own sentence may say it already.
  const saysIt = text?.includes(picker.t("DoNotTake")) === true;
  return (
    <section className={`cybs-result cybs-${look.tone}`} aria-labelledby="cybs-result-title">
      <div role={look.tone === "danger" ? "alert" : "status"}>
        <h2 id="cybs-result-title"><Icon name={look.icon} size={28} /> <span>{picker.t(look.title)}</span></h2>
        {amount === undefined || !isLarge ? null : <p className="cybs-big">{amount}</p>}
        {text === undefined ? null : <p>{text}</p>}
        {result.kind === "unknown" ? <p>{saysIt ? null : <strong>{picker.t("DoNotTake")} </strong>}{result.nextLookOn === undefined ? "" : picker.t("UnknownLook", timeOf(result.nextLookOn, locale))}</p> : null}
        {result.customerText === undefined ? null : <p className="cybs-read"><span className="cybs-quiet">{picker.t("ReadToCustomer")}</span> <q>{picker.said(result.customerText)}</q></p>}
      </div>
      <dl className="cybs-facts">{facts.filter(([, value]) => value !== undefined).map(([key, value]) => <div key={key}><dt>{picker.t(key)}</dt><dd>{value}</dd></div>)}</dl>
      {result.reason === undefined ? null : <Details picker={picker} code={result.reason} />}
      {result.decideBy === undefined ? null : <p>{picker.t("DecideBy", dateTimeOf(result.decideBy, locale))}</p>}
      {waitsForDecision(result) ? <Decision picker={picker} state={state} /> : null}
      {state.error === undefined ? null : <p className="cybs-error" role="alert">{state.error}</p>}
      {look.again !== undefined && result.isFinal ? <div className="cybs-actions cybs-start"><PrimaryButton styles={BUTTON} onClick={() => { void picker.again(); }}>{picker.t(look.again)}</PrimaryButton></div> : null}
      <p className="cybs-quiet">{picker.t(result.isFinal ? "Done" : "DoneLater")}</p>
    </section>
  );
}

function Details({ picker, code }: { readonly picker: Picker; readonly code: string }): React.ReactElement {
  const [isCopied, setCopied] = React.useState(false);
  return (
    <details className="cybs-details"><summary>{picker.t("Details")}</summary>
      <code>{code}</code> <button type="button" className="cybs-copy" onClick={() => { void navigator.clipboard.writeText(code).then(() => { setCopied(true); }, () => undefined); }}>{picker.t("Copy")}</button> <span role="status" className="cybs-quiet">{isCopied ? picker.t("Copied") : ""}</span>
    </details>
  );
}

/** Offered to whoever may create a decision; Dataverse says the last word. */
function Decision({ picker, state }: { readonly picker: Picker; readonly state: PickerState }): React.ReactElement {
  if (!state.mayDecide) return <p>{picker.t("AskColleague")}</p>;
  if (state.isDeciding) return <p role="status">{picker.t("Deciding")}</p>;
  return (
    <div className="cybs-actions cybs-start">
      <PrimaryButton styles={BUTTON} onClick={() => { void picker.decide("accept"); }}>{picker.t("Accept")}</PrimaryButton>
      <DefaultButton styles={QUIET_BUTTON} onClick={() => { void picker.decide("release"); }}>{picker.t("Release")}</DefaultButton>
    </div>
  );
}
