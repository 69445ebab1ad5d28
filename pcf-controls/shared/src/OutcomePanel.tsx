// What became of a request, for people: a word, the amount, one sentence for the agent and one that may be read out, the raw code behind Details.
import * as React from "react";
import { Icon, type IconName } from "./icons.tsx";
import type { Effect, Outcome, OutcomeKind } from "./outcome.ts";
import { Details, Facts, type Tone } from "./Panel.tsx";
import type { Words } from "./words.ts";

interface Look { readonly icon: IconName; readonly tone: Tone }
const LOOK: Readonly<Record<OutcomeKind, Look>> = {
  asking: { icon: "clock", tone: "quiet" }, waiting: { icon: "clock", tone: "warning" }, queued: { icon: "clock", tone: "success" }, approved: { icon: "check", tone: "success" }, partly: { icon: "warning", tone: "warning" }, declined: { icon: "cross", tone: "danger" },
  unknown: { icon: "question", tone: "warning" }, review: { icon: "clock", tone: "warning" }, withdrawn: { icon: "dash", tone: "quiet" },
};

interface Props { readonly words: Words; readonly outcome: Outcome; readonly currency: string; readonly title: string; readonly card?: string | undefined; readonly children?: React.ReactNode }

/** The step that says most: a refusal before what went well, else the newest. */
const loudest = (effects: readonly Effect[]): Effect | undefined => effects.find((effect) => effect.reason !== undefined && effect.isFinal) ?? effects[effects.length - 1];

export function OutcomePanel({ words, outcome, currency, title, card, children }: Props): React.ReactElement {
  const look = LOOK[outcome.kind];
  const effect = loudest(outcome.effects);
  const next = outcome.effects.find((one) => one.nextLookOn !== undefined && !one.isFinal)?.nextLookOn;
  const isMoney = outcome.kind === "approved" || outcome.kind === "partly";
  const moved = outcome.effects.filter((one) => one.isFinal && one.amount !== undefined && isMoney);
  return (
    <section className={`cybs-result cybs-${look.tone}`} aria-labelledby="cybs-outcome-title">
      <div role={look.tone === "danger" ? "alert" : "status"}>
        <h2 id="cybs-outcome-title"><Icon name={look.icon} size={28} /> <span>{title}</span></h2>
        {effect?.agentText === undefined ? null : <p>{words.said(effect.agentText)}</p>}
        {outcome.kind === "unknown" ? <p><strong>{words.t("DoNotRepeat")}</strong> {next === undefined ? "" : words.t("LookAgainAt", words.time(next))}</p> : null}
        {effect?.customerText === undefined ? null : <p className="cybs-read"><span className="cybs-quiet">{words.t("ReadToCustomer")}</span> <q>{words.said(effect.customerText)}</q></p>}
      </div>
      {moved.length === 0 ? null : <ul className="cybs-moved">{moved.map((one) => <li key={one.id}><span>{words.t(`K_${one.type}`)}</span><strong>{words.money(one.amount ?? 0n, currency)}</strong></li>)}</ul>}
      <Facts facts={[{ key: words.t("Card"), value: card }, { key: words.t("Time"), value: effect?.occurredOn === undefined ? undefined : words.dateTime(effect.occurredOn) }]} />
      {effect?.reason === undefined || outcome.kind === "waiting" || outcome.kind === "queued" ? null : <Details words={words} code={effect.reason} />}
      {children}
    </section>
  );
}
