// A refund that was asked for: what exactly, by whom, why; how it goes on; and for a second person the decision on exactly that.
import * as React from "react";
import { Facts, Icon, MainButton, OutcomePanel, SideButton, Waiting, type OutcomeKind } from "@cybs/controls-shared";
import { frozenOf, isEdited, verdictOn } from "./approvals";
import type { Props } from "./props";
import { REASONS } from "./state";

const TITLES: Readonly<Record<OutcomeKind, string>> = { asking: "Asking", waiting: "O_Waiting", queued: "O_Queued", approved: "O_Done", partly: "O_Partly", declined: "O_Declined", unknown: "O_Unknown", review: "O_Review", withdrawn: "O_Withdrawn" };

export function AskedView({ actions, state, words, payment }: Props): React.ReactElement | null {
  const { asked, outcome } = state;
  if (asked === undefined) return null;
  const kind = outcome?.kind ?? "asking";
  const frozen = outcome === undefined ? undefined : frozenOf(outcome.effects);
  const verdict = verdictOn(asked);
  const isWaiting = kind === "waiting" && (verdict.kind !== "counts" || isEdited(asked, frozen));
  return (
    <>
      <div className="cybs-repeat">
        <p className="cybs-quiet">{words.t("AskedTitle", asked.name)}</p>
        <p className="cybs-big">{words.money(asked.amount, payment.currency)}</p>
        <Facts facts={[{ key: words.t("BackTo"), value: payment.card }, { key: words.t("Payment"), value: asked.paymentId === undefined ? words.t("CreditTitle") : payment.name }, { key: words.t("Document"), value: payment.documentName }, { key: words.t("Reason"), value: words.t(`R_${REASONS[asked.reason] ?? "Other"}`) }, { key: words.t("AskedBy"), value: asked.by }, { key: words.t("AskedOn"), value: asked.on === "" ? undefined : words.dateTime(asked.on) }]} />
        {asked.note === "" ? null : <blockquote>{asked.note}</blockquote>}
      </div>
      {isWaiting && verdict.kind === "does_not_count" ? <div className="cybs-way cybs-limit" role="status"><Icon name="warning" size={18} /><p>{words.t("NotCounted", verdict.by, words.t(verdict.why))}</p></div> : null}
      {isWaiting && isEdited(asked, frozen) ? <div className="cybs-way cybs-limit" role="alert"><Icon name="warning" size={18} /><p>{words.t("Edited", words.money(frozen ?? 0n, payment.currency), words.money(asked.amount, payment.currency))}</p></div>
        : isWaiting ? <Decision actions={actions} state={state} words={words} payment={payment} /> : null}
      {isWaiting && (state.isOwn || isEdited(asked, frozen)) && state.mayWithdraw ? <Ending actions={actions} state={state} words={words} payment={payment} /> : null}
      {kind === "waiting" && !isWaiting && verdict.kind === "counts" ? <Waiting text={words.t(verdict.decision === "approved" ? "ApprovedBy" : "RejectedBy", verdict.by)} more={words.t("GoesOn")} /> : null}
      {kind === "asking" ? <Waiting text={words.t("Asking")} more={words.t("GoesOn")} /> : null}
      {outcome === undefined || kind === "asking" || kind === "waiting" ? null : (
        <OutcomePanel words={words} outcome={outcome} currency={payment.currency} title={words.t(TITLES[kind])} card={payment.card}>
          {kind === "declined" || kind === "withdrawn" ? <p>{words.t("O_WayOut")}</p> : null}
          <p className="cybs-quiet">{words.t(outcome.isFinal ? "CanClose" : "CloseLater")}</p>
        </OutcomePanel>
      )}
    </>
  );
}

/** The way out for who asked, and for a request that nobody can agree to any more. */
function Ending({ actions, state, words }: Props): React.ReactElement {
  const isUnderWay = state.ending === "sending" || state.ending === "sent";
  return (
    <>
      <p className="cybs-error" role="alert">{state.ending === "refused" ? words.t("EndRefused") : null}</p>
      <div className="cybs-actions cybs-start">
        <SideButton disabled={isUnderWay} onClick={() => { void actions.end(); }}>{words.t("End")}</SideButton>
        {isUnderWay ? <span className="cybs-quiet" role="status">{words.t("EndingNow")}</span> : null}
      </div>
    </>
  );
}

/** Who asked cannot agree; who may not agree is told who can. The relay checks all of it again. */
function Decision({ actions, state, words, payment }: Props): React.ReactElement {
  const { asked } = state;
  const amount = words.money(asked?.amount ?? 0n, payment.currency);
  const why = state.outcome?.effects.find((effect) => !effect.isFinal)?.agentText;
  if (state.isOwn || !state.mayApprove) return <div className="cybs-way cybs-limit" role="status"><Icon name="clock" size={18} /><div><p><strong>{words.t("O_Waiting")}</strong></p><p>{words.t(state.isOwn ? "WaitsForOther" : "WaitsNotYou")}</p></div></div>;
  return (
    <div className="cybs-decide" role="group" aria-label={words.t("Decide")}>
      <p>{words.t(asked !== undefined && asked.paymentId === undefined ? "DecideCredit" : "DecideText", asked?.by ?? "", amount, payment.card)}</p>
      {why === undefined ? null : <p className="cybs-quiet">{words.said(why)}</p>}
      <div className="cybs-field cybs-row"><label htmlFor="cybs-decide-note">{words.t("DecideNote")}</label><textarea id="cybs-decide-note" rows={2} maxLength={2_000} value={state.note} onChange={(event) => { actions.edit({ note: event.target.value }); }} /></div>
      <p className="cybs-error" role="alert">{state.deciding === "refused" ? words.t("DecideRefused") : null}</p>
      <div className="cybs-actions">
        {state.deciding === "sending" ? <span className="cybs-quiet" role="status">{words.t("Sending")}</span> : null}
        <SideButton disabled={state.deciding === "sending"} onClick={() => { void actions.decide(false); }}>{words.t("Reject", amount)}</SideButton>
        <MainButton disabled={state.deciding === "sending"} onClick={() => { void actions.decide(true); }}>{words.t("Approve", amount)}</MainButton>
      </div>
    </div>
  );
}
