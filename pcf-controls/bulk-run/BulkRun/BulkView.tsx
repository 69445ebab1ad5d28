// The bulk run as people see it: a preview to strike lines out of, one button with the sum, then a bar and one result a row.
import * as React from "react";
import { ErrorLine, Icon, MainButton, Panel, SideButton, Stopped, useStore, Waiting, type IconName, type Tone, type Words } from "@cybs/controls-shared";
import type { BulkActions } from "./actions";
import { chosenLines, isLineDone, otherEnds, resultOf, sumOf, type BulkState, type LineResult, type RunLine } from "./state";

interface Props { readonly actions: BulkActions; readonly state: BulkState; readonly words: Words }
const REASONS = ["ReturnedGoods", "NotDelivered", "WrongAmount", "Duplicate", "Goodwill", "Cancelled", "Other"] as const;
const LOOKS: Readonly<Record<LineResult, { readonly icon: IconName; readonly tone: Tone }>> = { asking: { icon: "clock", tone: "quiet" }, done: { icon: "check", tone: "success" }, waiting: { icon: "clock", tone: "warning" }, queued: { icon: "clock", tone: "success" }, changed: { icon: "undo", tone: "warning" }, failed: { icon: "cross", tone: "danger" }, unknown: { icon: "question", tone: "warning" } };

export function BulkView({ actions, variables }: { readonly actions: BulkActions; readonly variables: Record<string, string> }): React.ReactElement {
  const state = useStore(actions.store);
  const { words } = actions;
  return (
    <Panel name="bulk" words={words} variables={variables} label={words.t(state.action === "capture" ? "BulkCapture" : "BulkRefund")}>
      {state.phase === "loading" ? <><Waiting text={words.t("Loading")} />{state.toRead > 1 ? <p className="cybs-quiet cybs-count" aria-hidden="true">{words.t("Progress", String(state.readSoFar), String(state.toRead))}</p> : null}</> : null}
      {state.phase === "stopped" ? <Stopped text={words.t(state.stopKey)}>{state.stopKey === "ReadFailed" ? <SideButton onClick={() => { void actions.start(); }}>{words.t("LookAgain")}</SideButton> : null}</Stopped> : null}
      {state.phase === "preview" ? <Preview actions={actions} state={state} words={words} /> : null}
      {state.phase === "running" || state.phase === "done" ? <Running actions={actions} state={state} words={words} /> : null}
    </Panel>
  );
}

function Preview({ actions, state, words }: Props): React.ReactElement {
  const chosen = chosenLines(state);
  const sum = words.money(sumOf(chosen), state.currency);
  return (
    <form onSubmit={(event) => { event.preventDefault(); void actions.run(); }} noValidate>
      <p>{words.t(state.action === "capture" ? "PreviewCapture" : "PreviewRefund")}</p>
      <Table words={words} state={state} last={words.t("Remark")} lead={(line) => <input type="checkbox" aria-label={`${line.payment.name} ${line.payment.card}`} checked={line.isChosen && line.outKey === undefined} disabled={line.outKey !== undefined} onChange={(event) => { actions.choose(line.payment.id, event.target.checked); }} />}
        cell={(line) => (line.outKey === undefined ? null : <span><Icon name="warning" size={16} /> {words.t(line.outKey)}</span>)} />
      {state.action === "capture" ? null : (
        <div className="cybs-field cybs-row"><label htmlFor="cybs-bulk-reason">{words.t("Reason")}<span aria-hidden="true" className="cybs-star"> *</span></label>
          <select id="cybs-bulk-reason" aria-required="true" aria-invalid={state.errorKey === "ReasonMissing"} aria-describedby="cybs-bulk-error" value={state.reason} onChange={(event) => { actions.chooseReason(Number(event.target.value)); }}><option value={-1}>{words.t("ChooseReason")}</option>{REASONS.map((key, index) => <option key={key} value={index}>{words.t(`R_${key}`)}</option>)}</select></div>
      )}
      <p className="cybs-quiet">{words.t("Exactly")}</p>
      <ErrorLine id="cybs-bulk" text={state.errorKey === undefined ? undefined : words.t(state.errorKey)} />
      <div className="cybs-actions"><MainButton isSubmit disabled={chosen.length === 0}>{words.t(`Run${state.action === "capture" ? "Capture" : "Refund"}${chosen.length === 1 ? "One" : ""}`, String(chosen.length), sum)}</MainButton></div>
    </form>
  );
}

function Running({ state, words }: Props): React.ReactElement {
  const done = state.lines.filter(isLineDone).length;
  const good = state.lines.filter((line) => resultOf(line) === "done");
  const text = state.phase === "done" ? words.t("Finished", String(good.length), String(state.lines.length), words.money(sumOf(good), state.currency)) : words.t("Progress", String(done), String(state.lines.length));
  return (
    <>
      <p role="status"><strong>{text}</strong> {state.runName === undefined ? "" : <span className="cybs-quiet">{state.runName}</span>}</p>
      {state.phase === "done" && good.length < state.lines.length ? <p className="cybs-others">{otherEnds(state.lines).map(({ result, count }) => `${count} × ${words.t(`Result_${result}`)}`).join(" · ")}</p> : null}
      <div className="cybs-bar" role="progressbar" aria-label={words.t("ProgressLabel")} aria-valuemin={0} aria-valuemax={state.lines.length} aria-valuenow={done}><span style={{ width: `${state.lines.length === 0 ? 0 : Math.round((done * 100) / state.lines.length)}%` }} /></div>
      <Table words={words} state={state} last={words.t("Result")} cell={(line) => <Result line={line} words={words} />} />
      <p className="cybs-quiet">{words.t(state.phase === "done" ? "CanClose" : "KeepOpen")}{state.planHash === undefined ? "" : ` ${words.t("PlanHash", state.planHash.slice(0, 12))}`}</p>
    </>
  );
}

function Result({ line, words }: { readonly line: RunLine; readonly words: Words }): React.ReactElement {
  const result = resultOf(line);
  const look = LOOKS[result];
  const told = line.outcome?.effects.find((effect) => effect.agentText !== undefined)?.agentText;
  const more = line.failedKey !== undefined ? words.t(line.failedKey) : told === undefined ? undefined : words.said(told);
  return <><span className={`cybs-word cybs-${look.tone}`}><Icon name={look.icon} size={16} /> {words.t(`Result_${result}`)}</span>{result === "done" || more === undefined ? null : <div className="cybs-quiet">{more}</div>}</>;
}

interface TableProps { readonly words: Words; readonly state: BulkState; readonly last: string; readonly lead?: (line: RunLine) => React.ReactNode; readonly cell: (line: RunLine) => React.ReactNode }
function Table({ words, state, last, lead, cell }: TableProps): React.ReactElement {
  return (
    <div className="cybs-scroll" tabIndex={0} role="region" aria-label={words.t("Payments")}>
      <table>
        <thead><tr>{lead === undefined ? null : <th scope="col"><span className="cybs-away">{words.t("Chosen")}</span></th>}<th scope="col">{words.t("Payment")}</th><th scope="col">{words.t("Document")}</th><th scope="col" className="cybs-number">{words.t("Amount")}</th><th scope="col">{last}</th></tr></thead>
        <tbody>{state.lines.map((line) => (
          <tr key={line.payment.id} className={line.outKey === undefined ? undefined : "cybs-out"}>
            {lead === undefined ? null : <td>{lead(line)}</td>}<td>{line.payment.name}<div className="cybs-quiet">{line.payment.card}</div></td><td>{line.payment.documentName}</td><td className="cybs-number">{words.money(line.amount, line.payment.currency)}</td><td>{cell(line)}</td>
          </tr>))}</tbody>
      </table>
    </div>
  );
}
