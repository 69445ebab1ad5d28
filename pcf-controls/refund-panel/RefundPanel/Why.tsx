// Why money goes back: the reason, which everything that goes out must have, and a note.
import * as React from "react";
import type { Props } from "./props";
import { REASONS } from "./state";

type Asked = Omit<Props, "payment">;

export function ReasonField({ actions, state, words }: Asked): React.ReactElement {
  return (
    <div className="cybs-field cybs-grow cybs-reason"><label htmlFor="cybs-refund-reason">{words.t("Reason")}<span aria-hidden="true" className="cybs-star"> *</span></label>
      <select id="cybs-refund-reason" aria-required="true" aria-invalid={state.errorField === "reason"} aria-describedby="cybs-refund-error" value={state.reason} onChange={(event) => { actions.edit({ reason: Number(event.target.value) }); }}>
        <option value={-1}>{words.t("ChooseReason")}</option>{REASONS.map((key, index) => <option key={key} value={index}>{words.t(`R_${key}`)}</option>)}
      </select>
    </div>
  );
}

export function NoteField({ actions, state, words }: Asked): React.ReactElement {
  return <div className="cybs-field cybs-row"><label htmlFor="cybs-refund-note">{words.t("Note")}</label><textarea id="cybs-refund-note" rows={2} maxLength={2_000} value={state.note} onChange={(event) => { actions.edit({ note: event.target.value }); }} /></div>;
}
