// Money and its state first: what is open, a bar, then the timeline. Colour never alone: an icon and a word stand with it.
import * as React from "react";
import { Icon, MainButton, SideButton, timeOf, useStore, Waiting, type IconName, type Words } from "@cybs/controls-shared";
import { ExtraPayments } from "./ExtraPayments";
import type { Status } from "./status";
import { actionsOf, headOf, isOrderUnknown, isPaidThere, nextSteps, paidOf, paidOnOrder, type Line, type StatusState } from "./state";
import { TimelineLine } from "./TimelineLine";

export interface StatusViewProps { readonly status: Status; readonly words: Words; readonly variables: Record<string, string> }
interface Word { readonly key: string; readonly icon: IconName; readonly tone: "success" | "warning" | "quiet" }

export function wordOf(state: StatusState): Word {
  if (state.isUnknown || isOrderUnknown(state)) return { key: "UnknownStatus", icon: "question", tone: "warning" };
  if (state.isWaiting) return { key: "NeedsAttention", icon: "warning", tone: "warning" };
  if (state.captured > 0n && state.refunded >= state.captured && state.applied + state.manual + paidOnOrder(state) === 0n) return { key: "Refunded", icon: "undo", tone: "quiet" };
  if (paidOf(state) > 0n) return paidOf(state) >= state.total ? { key: "Paid", icon: "check", tone: "success" } : { key: "PartlyPaid", icon: "check", tone: "quiet" };
  if (state.lines.some((line) => line.status === 0)) return { key: "InProgress", icon: "clock", tone: "quiet" };
  return state.held > 0n ? { key: "Authorized", icon: "check", tone: "quiet" } : { key: "Unpaid", icon: "dash", tone: "quiet" };
}

export function StatusView({ status, words, variables }: StatusViewProps): React.ReactElement {
  const state = useStore(status.store);
  return <section className="cybs-status" style={variables} dir={words.isRightToLeft ? "rtl" : "ltr"} lang={words.locale.slice(0, 2)} aria-label={words.t("Payments")}><div className="cybs-body">{state.phase === "ready" ? <Ready status={status} state={state} words={words} /> : <NotReady status={status} phase={state.phase} words={words} />}</div></section>;
}

function NotReady({ status, phase, words }: { readonly status: Status; readonly phase: StatusState["phase"]; readonly words: Words }): React.ReactElement {
  if (phase === "loading") return <Waiting text={words.t("Loading")} />;
  if (phase === "failed") return <div role="alert"><p>{words.t("ReadFailed")}</p><SideButton onClick={() => { status.reload(); }}>{words.t("Retry")}</SideButton></div>;
  return <p role="status">{words.t(phase === "forbidden" ? "Forbidden" : "NotSaved")}</p>;
}

export interface ReadyProps { readonly status: Status; readonly state: StatusState; readonly words: Words }

function Ready({ status, state, words }: ReadyProps): React.ReactElement {
  const show = (minor: bigint): string => words.money(minor, state.currency);
  const word = wordOf(state);
  const paid = paidOf(state);
  const share = (part: bigint): number => (state.total === 0n || part < 0n ? 0 : Math.min(100, Number((part * 100n) / state.total)));
  const { key, sums } = headOf(state);
  const head = words.t(key, ...sums.map(show));
  // The quieter figures only where there is something to say.
  const figures = ([["F_Authorized", state.authorized, true], ["F_Captured", state.captured, true], ["F_Applied", state.applied, false], ["F_Order", paidOnOrder(state), false], ["F_Manual", state.manual, false], ["F_Refunded", state.refunded, true], ["F_Released", state.released, false], ["F_Total", state.total, true]] as const).filter(([, minor, isAlways]) => isAlways || minor > 0n);
  return (
    <>
      <header><strong className="cybs-big">{head}</strong><span className={`cybs-word cybs-${word.tone}`} role="status"><Icon name={word.icon} size={18} /> {words.t(word.key)}</span></header>
      <div className="cybs-bar" role="img" aria-label={words.t("Captured", show(paid), show(state.total))}><span style={{ width: `${share(paid)}%` }} /><span className="cybs-held" style={{ width: `${share(state.held)}%` }} /></div>
      <dl>{figures.map(([key, minor]) => <div key={key}><dt>{words.t(key)}</dt><dd>{show(minor)}</dd></div>)}</dl>
      {state.isCut ? <p className="cybs-alert" role="status">{words.t("Cut")}</p> : null}
      {state.lines.length === 0 ? state.manuals.length === 0 ? <p className="cybs-empty">{words.t(isPaidThere(state) ? "EmptyHere" : isOrderUnknown(state) ? "EmptyUnknown" : "Empty")}</p> : null : <ol className="cybs-lines" aria-label={words.t("Timeline")}>{state.lines.map((line) => <TimelineLine key={line.id} line={line} words={words} show={show} />)}</ol>}
      <ExtraPayments state={state} words={words} />
      {state.lines.filter((line) => line.waitsForDecision).slice(0, 1).map((line) => <Decision key={line.id} status={status} state={state} line={line} words={words} />)}
      <Actions status={status} state={state} words={words} />
      <NextSteps status={status} state={state} words={words} />
    </>
  );
}

function Decision({ status, state, line, words }: ReadyProps & { readonly line: Line }): React.ReactElement {
  if (!status.mayDecide()) return <p className="cybs-decision">{words.t("AskColleague")}</p>;
  if (state.deciding === "sent") return <p className="cybs-decision" role="status">{words.t("Deciding")}</p>;
  return (
    <div className="cybs-decision"><p>{line.isPart === true && line.amount !== undefined ? words.t("HeldPart", words.money(line.amount, state.currency)) : words.t("Held")}{line.decideBy === undefined ? "" : ` ${words.t("DecideBy", words.dateTime(line.decideBy))}`}</p>
      <div className="cybs-do"><MainButton onClick={() => { void status.decide(line, "accept"); }}>{words.t("Accept")}</MainButton><SideButton onClick={() => { void status.decide(line, "release"); }}>{words.t("Release")}</SideButton></div>
      {state.deciding === "refused" ? <p role="alert" className="cybs-alert">{words.t("DecisionRefused")}</p> : null}
    </div>
  );
}

/** What can be done here, with its amount; for who may not, the role that may. */
function Actions({ status, state, words }: ReadyProps): React.ReactElement | null {
  const actions = actionsOf(state);
  if (actions.length === 0) return null;
  const may = (kind: "capture" | "giveBack"): boolean => (kind === "capture" ? status.mayRequest() : status.mayGiveBack());
  const open = (action: (typeof actions)[number]): void => { void (action.kind === "capture" ? status.openCapture(action.paymentId, words.t("Title_capture")) : status.openGiveBack(words.t("Title_giveBack"))); };
  return (
    <div className="cybs-do" role="group" aria-label={words.t("YouCan")}>
      {actions.map((action) => (may(action.kind) ? <SideButton key={action.kind} onClick={() => { open(action); }}>{words.t(`Do_${action.kind}`, words.money(action.amount, state.currency))}</SideButton> : <span key={action.kind} className="cybs-quiet">{words.t(action.kind === "capture" ? "NoCapture" : "NoGiveBack")}</span>))}
    </div>
  );
}

function NextSteps({ status, state, words }: ReadyProps): React.ReactElement | null {
  const look = state.lines.find((line) => line.status === 6 && line.nextLookOn !== undefined)?.nextLookOn;
  const steps = nextSteps(state).map((key) => (key === "Take" && !status.mayRequest() ? "NoTake" : key));
  const { orderId } = state.around;
  const isAboutOrder = isPaidThere(state) || isOrderUnknown(state) || steps.includes("HeldOnOrder");
  if (steps.length === 0) return null;
  return <div className="cybs-next">{steps.map((key) => <p key={key}>{words.t(key, words.money(state.around.held, state.currency))}{key === "Wait" && look !== undefined ? ` ${words.t("LookAgain", timeOf(look, words.locale))}` : ""}</p>)}{orderId === undefined || !isAboutOrder ? null : <div className="cybs-do"><SideButton onClick={() => { status.openOrder(orderId); }}>{words.t("OpenOrder")}</SideButton></div>}</div>;
}
