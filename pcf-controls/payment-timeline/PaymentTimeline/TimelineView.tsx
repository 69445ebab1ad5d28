// The timeline as people see it: one line an event, the references behind a word.
import * as React from "react";
import { Facts, Icon, Panel, SideButton, Stopped, useStore, Waiting, type IconName, type Tone, type Words } from "@cybs/controls-shared";
import type { TimelineActions } from "./actions";
import { sorted, type TimelineEvent, type TimelineState } from "./state";

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
  if (state.events.length === 0) return <p>{words.t("Empty")}</p>;
  return (
    <>
      <div className="cybs-tools">
        <SideButton onClick={() => { actions.turn(); }}>{words.t(state.newestFirst ? "OldestFirst" : "NewestFirst")}</SideButton>
        <SideButton onClick={() => { actions.save("json"); }}>{words.t("SaveJson")}</SideButton><SideButton onClick={() => { actions.save("csv"); }}>{words.t("SaveCsv")}</SideButton>
      </div>
      <ol>{sorted(state.events, state.newestFirst).map((event) => <Line key={event.id} event={event} currency={state.currency} words={words} />)}</ol>
    </>
  );
}

function Line({ event, currency, words }: { readonly event: TimelineEvent; readonly currency: string; readonly words: Words }): React.ReactElement {
  const details = Object.entries(event.details);
  const label = (column: string): string => words.t(`C_${column.replace(/^_?cybs_/, "").replace(/_value$/, "")}`);
  return (
    <li>
      <span className={`cybs-mark cybs-${event.tone}`}><Icon name={MARKS[event.tone]} size={20} /></span>
      <span><span className="cybs-what">{words.t(event.what)}</span> <span className="cybs-quiet">{event.details["cybs_status"] ?? ""} {event.name}</span></span>
      <span className="cybs-money">{event.amount === undefined ? "" : words.money(event.amount, currency)}</span>
      <span className="cybs-when cybs-quiet">{event.at === "" ? "" : <time dateTime={event.at}>{words.dateTime(event.at)}</time>}{event.who === "" ? "" : ` · ${event.who}`}</span>
      {event.text === undefined ? null : <p className="cybs-text">{words.said(event.text)}</p>}
      {details.length === 0 ? null : <details><summary>{words.t("References")}</summary><Facts facts={details.map(([key, value]) => ({ key: label(key), value }))} /></details>}
    </li>
  );
}
