// The timeline as people see it: one line an event, the references behind a word.
import * as React from "react";
import { Facts, Icon, Panel, SideButton, Stopped, useStore, Waiting, type IconName, type Tone, type Words } from "@cybs/controls-shared";
import type { TimelineActions } from "./actions";
import { ROWS_MAX } from "./rows";
import { isStep, shownEvents, type TimelineEvent, type TimelineState } from "./state";
import { aboutIn, detailIn, whatIn, whenIn, whoIn } from "./trail";

const MARKS: Readonly<Record<Tone, IconName>> = { success: "check", danger: "cross", warning: "question", quiet: "dots" };

export function TimelineView({ actions, variables }: { readonly actions: TimelineActions; readonly variables: Record<string, string> }): React.ReactElement {
  const state = useStore(actions.store);
  const { words } = actions;
  return (
    <Panel name="timeline" words={words} variables={variables} label={words.t("WhatHappened")}>
      {state.phase === "loading" ? <Waiting text={words.t("Loading")} /> : null}
      {state.phase === "stopped" ? <Stopped text={words.t(state.stopKey)}><SideButton onClick={() => { void actions.start(); }}>{words.t("LookAgain")}</SideButton></Stopped> : null}
      {state.phase === "ready" ? <Ready actions={actions} state={state} words={words} /> : null}
    </Panel>
  );
}

function Ready({ actions, state, words }: { readonly actions: TimelineActions; readonly state: TimelineState; readonly words: Words }): React.ReactElement {
  const steps = state.events.filter(isStep).length;
  if (state.events.length === 0) return <p>{words.t("Empty")}</p>;
  return (
    <>
      <div className="cybs-tools">
        {steps === 0 ? null : <SideButton onClick={() => { actions.showSteps(); }}>{state.hasEveryStep ? words.t("FewerSteps") : words.t("EveryStep", String(steps))}</SideButton>}
        <SideButton onClick={() => { actions.turn(); }}>{words.t(state.newestFirst ? "OldestFirst" : "NewestFirst")}</SideButton>
        <SideButton onClick={() => { actions.save("json"); }}>{words.t("SaveJson")}</SideButton><SideButton onClick={() => { actions.save("csv"); }}>{words.t("SaveCsv")}</SideButton>
      </div>
      {state.hasOlder ? <p className="cybs-quiet" role="status"><Icon name="warning" size={16} /> {words.t("Older", String(ROWS_MAX))}</p> : null}
      <ol>{shownEvents(state).map((event) => <Line key={event.id} event={event} currency={state.currency} words={words} />)}</ol>
    </>
  );
}

function Line({ event, currency, words }: { readonly event: TimelineEvent; readonly currency: string; readonly words: Words }): React.ReactElement {
  const details = Object.entries(event.details);
  const who = whoIn(words, event);
  return (
    <li className={isStep(event) ? "cybs-step" : undefined}>
      <span className={`cybs-mark cybs-${event.tone}`}><Icon name={MARKS[event.tone]} size={isStep(event) ? 14 : 20} /></span>
      <span><span className="cybs-what">{whatIn(words, event)}</span> <span className="cybs-quiet">{aboutIn(words, event)}</span></span>
      <span className="cybs-money">{event.amount === undefined ? "" : words.money(event.amount, currency)}</span>
      <span className="cybs-when cybs-quiet">{event.at === "" ? "" : <time dateTime={event.at}>{whenIn(words, event)}</time>}{who === "" ? "" : ` · ${who}`}</span>
      {event.text === undefined ? null : <p className="cybs-text">{words.said(event.text)}</p>}
      {details.length === 0 ? null : <details><summary>{words.t("References")}</summary><Facts facts={details.map(([column, value]) => detailIn(words, column, value))} /></details>}
    </li>
  );
}
