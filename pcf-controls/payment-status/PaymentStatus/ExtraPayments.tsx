// What stands beside card payments: cash, cheques and transfers that were recorded, and the credit memos of refunds.
import * as React from "react";
import type { Words } from "@cybs/controls-shared";
import type { StatusState } from "./state";

export function ExtraPayments({ state, words }: { readonly state: StatusState; readonly words: Words }): React.ReactElement {
  const show = (minor: bigint): string => words.money(minor, state.currency);
  const day = (on: string): string => (on === "" ? "" : words.date(on));
  return (
    <>
      {state.manuals.length === 0 ? null : (
        <div className="cybs-extra"><h3>{words.t("ManualPayments")}</h3>
          <ul>{state.manuals.map((one) => <li key={one.id}><span>{words.t(`M_${one.kind}`)} <span className="cybs-quiet">{one.reference} {day(one.on)}{one.isReversed ? ` · ${words.t("Reversed")}` : ""}</span></span><span className="cybs-money">{one.isReversed ? <s>{show(one.amount)}</s> : show(one.amount)}</span></li>)}</ul></div>
      )}
      {state.memos.length === 0 ? null : (
        <div className="cybs-extra"><h3>{words.t("Memos")}</h3>
          <ul>{state.memos.map((one) => <li key={one.id}><span>{one.name} <span className="cybs-quiet">{day(one.on)} · {words.t(`S_${one.state}`)}</span></span><span className="cybs-money">{show(one.amount)}</span></li>)}</ul></div>
      )}
    </>
  );
}
