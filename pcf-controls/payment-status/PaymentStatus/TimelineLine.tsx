// One transaction in the timeline: what, how much, which card, when; why, behind a word, when the bank or a rule said no.
import * as React from "react";
import { Icon, type IconName, type Words } from "@cybs/controls-shared";
import type { Line } from "./state";

interface Look { readonly word: string; readonly icon: IconName; readonly tone: "success" | "danger" | "warning" | "quiet" }
const UNKNOWN: Look = { word: "T_Unknown", icon: "question", tone: "warning" };
/** In the order of the choice cybs_paymenttransaction.cybs_status. */
const LOOKS: readonly Look[] = [
  { word: "T_InProgress", icon: "clock", tone: "quiet" }, { word: "T_Approved", icon: "check", tone: "success" }, { word: "T_Review", icon: "warning", tone: "warning" }, { word: "T_Partial", icon: "warning", tone: "warning" },
  { word: "T_Declined", icon: "cross", tone: "danger" }, { word: "T_Refused", icon: "cross", tone: "danger" }, UNKNOWN, { word: "T_Absent", icon: "dash", tone: "quiet" },
  { word: "T_Undone", icon: "undo", tone: "quiet" }, { word: "T_Expired", icon: "clock", tone: "quiet" }, { word: "T_Withdrawn", icon: "dash", tone: "quiet" },
];

interface LineProps { readonly line: Line; readonly words: Words; readonly show: (minor: bigint) => string }

export function TimelineLine({ line, words, show }: LineProps): React.ReactElement {
  const look = LOOKS[line.status] ?? UNKNOWN;
  return (
    <li>
      <span className={`cybs-mark cybs-${look.tone}`}><Icon name={look.icon} size={18} /></span>
      <span className="cybs-kind"><strong>{words.t(look.word)}</strong> <span className="cybs-quiet">{words.t(`K_${line.type}`)}</span></span>
      <span className="cybs-money">{line.amount === undefined ? "" : show(line.amount)}</span>
      <span className="cybs-card">{line.card}</span>
      <span className="cybs-when">{line.at === "" ? "" : <time dateTime={line.at}>{words.dateTime(line.at)}</time>}{line.expiresOn === undefined || line.status !== 1 ? null : <span> · {words.t("Expires", words.date(line.expiresOn))}</span>}</span>
      {line.agentText === undefined || line.status === 1 ? null : <details><summary>{words.t("Why")}</summary><p>{words.said(line.agentText)}</p>{line.reason === undefined ? null : <code>{line.reason}</code>}</details>}
    </li>
  );
}
