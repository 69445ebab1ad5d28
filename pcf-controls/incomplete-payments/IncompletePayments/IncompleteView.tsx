// Incomplete payments as an operator sees them, oldest first: what, why, since when, what happens by itself, and what can be decided.
import * as React from "react";
import { ErrorLine, Facts, Icon, MainButton, Panel, SideButton, Stopped, useStore, Waiting, type Words } from "@cybs/controls-shared";
import type { IncompleteActions } from "./actions";
import { decisionsFor, isRejected, type Incomplete, type IncompleteState } from "./state";

interface Props { readonly actions: IncompleteActions; readonly state: IncompleteState; readonly words: Words }

export function IncompleteView({ actions, variables }: { readonly actions: IncompleteActions; readonly variables: Record<string, string> }): React.ReactElement {
  const state = useStore(actions.store);
  const { words } = actions;
  return (
    <Panel name="incomplete" words={words} variables={variables} label={words.t("IncompletePayments")}>
      {state.phase === "loading" ? <Waiting text={words.t("Loading")} /> : null}
      {state.phase === "stopped" ? <Stopped text={words.t(state.stopKey)}><SideButton onClick={() => { void actions.start(); }}>{words.t("LookAgain")}</SideButton></Stopped> : null}
      {state.phase === "ready" ? <Ready actions={actions} state={state} words={words} /> : null}
    </Panel>
  );
}

function Ready({ actions, state, words }: Props): React.ReactElement {
  if (state.rows.length === 0) return <div className="cybs-empty cybs-success" role="status"><Icon name="check" size={24} /><span>{words.t("AllWell", words.time(state.readOn))}</span></div>;
  return (
    <>
      <p className="cybs-head"><span>{words.t(state.hasMore ? "CountMore" : state.rows.length === 1 ? "CountOne" : "Count", String(state.rows.length))}</span><span className="cybs-quiet">{words.t("ReadAt", words.time(state.readOn))}</span></p>
      <ul>{state.rows.map((row) => <Line key={row.id} actions={actions} state={state} words={words} row={row} />)}</ul>
      {state.hasMore ? <div className="cybs-actions cybs-start"><SideButton disabled={state.isReadingMore} onClick={() => { void actions.more(); }}>{words.t(state.isReadingMore ? "Loading" : "ShowMore")}</SideButton></div> : null}
    </>
  );
}

function Line({ actions, state, words, row }: Props & { readonly row: Incomplete }): React.ReactElement {
  const decided = state.decided[row.id];
  const next = row.nextText !== undefined ? words.said(row.nextText) : words.t(isRejected(row) ? "NextRejected" : row.nextOn === undefined ? "NextNobody" : "NextLook");
  return (
    <li aria-label={row.name}>
      <div className="cybs-head"><span><span className="cybs-money">{words.money(row.amount, row.currency)}</span> <strong className="cybs-warning"><Icon name="question" size={16} /> {isRejected(row) ? words.t("Rejected") : row.statusName}</strong></span>
        <button type="button" className="cybs-link" onClick={() => { actions.open(row); }}>{row.name}</button></div>
      <p>{row.why === undefined ? words.t("WhyUnknown") : words.said(row.why)}</p>
      <Facts facts={[{ key: words.t("Since"), value: row.since === "" ? undefined : words.dateTime(row.since) }, { key: words.t("Next"), value: next }, { key: words.t("NextOn"), value: row.nextOn === undefined ? undefined : words.dateTime(row.nextOn) }, { key: words.t("Document"), value: row.documentName }, { key: words.t("Customer"), value: row.customerName }, { key: words.t("Card"), value: row.card }, { key: words.t("Code"), value: row.reason }]} />
      {decided === undefined ? null : <p role="status" className="cybs-success"><Icon name="check" size={16} /> {words.t("Sent", words.t(`Do_${decided}`))}</p>}
      {state.deciding?.paymentId === row.id ? <Deciding actions={actions} state={state} words={words} row={row} />
        : state.mayDecide ? <div className="cybs-tools">{decisionsFor(row).map((decision) => <SideButton key={decision} label={`${words.t(`Do_${decision}`)}: ${row.name}`} onClick={() => { actions.begin(row, decision); }}>{words.t(`Do_${decision}`)}</SideButton>)}</div> : <p className="cybs-quiet">{words.t("NoPrivilege")}</p>}
    </li>
  );
}

/** What the decision means, and the reason that goes with it. */
function Deciding({ actions, state, words, row }: Props & { readonly row: Incomplete }): React.ReactElement | null {
  const { deciding } = state;
  if (deciding === undefined) return null;
  const { decision } = deciding;
  return (
    <form onSubmit={(event) => { event.preventDefault(); void actions.send(row); }} noValidate>
      <div className={`cybs-way${decision === "ask" ? "" : " cybs-limit"}`}><Icon name={decision === "ask" ? "clock" : "warning"} size={18} /><p>{words.t(`Means_${decision}`, words.money(row.amount, row.currency))}</p></div>
      <div className="cybs-field"><label htmlFor="cybs-incomplete-note">{words.t("Reason")}<span aria-hidden="true" className="cybs-star"> *</span></label><textarea id="cybs-incomplete-note" autoFocus rows={2} maxLength={2_000} aria-required="true" aria-invalid={deciding.errorKey === "NoteMissing"} aria-describedby="cybs-incomplete-note-error" value={deciding.note} onChange={(event) => { actions.edit(event.target.value); }} /></div>
      <ErrorLine id="cybs-incomplete-note" text={deciding.errorKey === undefined ? undefined : words.t(deciding.errorKey)} />
      <div className="cybs-actions"><SideButton onClick={() => { actions.cancel(); }}>{words.t("Cancel")}</SideButton><MainButton isSubmit disabled={deciding.step === "sending"}>{words.t(`Do_${decision}`)}</MainButton></div>
    </form>
  );
}
