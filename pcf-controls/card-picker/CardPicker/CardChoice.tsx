// Saved cards and the new card. Number and security code live in Cybersource's frames inside the relay's page; expiry and name are ours.
import * as React from "react";
import { DefaultButton } from "@fluentui/react";
import type { Picker } from "./actions";
import { QUIET_BUTTON } from "./button-styles";
import { CardholderFields } from "./CardholderFields";
import { leaveMonth, typeMonth, typeYear } from "./expiry";
import { SaveCard } from "./SaveCard";
import { isChoosable, obstacleOf, type PickerState, type SavedCard } from "./state";

interface Props { readonly picker: Picker; readonly state: PickerState }

export function CardChoice({ picker, state }: Props): React.ReactElement {
  const isNew = state.choice === "new";
  return (
    <fieldset className="cybs-cards"><legend>{picker.t("PayWith")}</legend>
      {state.cards.length === 0 ? <p className="cybs-quiet cybs-none">{picker.t("NoCards")}</p> : null}
      {state.cards.map((card) => <SavedCardRow key={card.id} picker={picker} state={state} card={card} />)}
      <label className="cybs-card"><input type="radio" name="cybs-card" checked={isNew} onChange={() => { picker.choose("new"); }} /> <span className="cybs-brand">{picker.t("NewCard")}</span></label>
      <div className={isNew ? "cybs-new" : "cybs-hidden"} aria-hidden={!isNew}>
        <div className={state.entry.status === "failed" ? "cybs-hidden" : `cybs-place cybs-is-${state.entry.status}`} aria-hidden={state.entry.status === "failed"}>
          {state.frameUrl === undefined ? null : <EntryFrame key={state.frameKey} picker={picker} url={state.frameUrl} title={picker.t("FrameTitle")} isReachable={isNew && state.entry.status !== "failed"} />}
        </div>
        {isNew && state.note !== undefined ? <p className="cybs-note cybs-before" role="status">{state.note}</p> : null}
        {isNew ? <EntryNote picker={picker} state={state} /> : null}
        {isNew ? <NewCard picker={picker} state={state} /> : null}
      </div>
      {!isNew && state.entry.status === "failed" ? <p className="cybs-note" role="status">{picker.t(state.entry.tabUrl === undefined ? "SavedCardAnyway" : "SavedCardHere")}</p> : null}
    </fieldset>
  );
}

function SavedCardRow({ picker, state, card }: Props & { readonly card: SavedCard }): React.ReactElement {
  const canChoose = isChoosable(card, state.channel);
  const notes = [picker.t(card.isExpired ? "ExpiredOn" : "ExpiresOn", card.expiry), card.isDefault ? picker.t("Default") : "", canChoose ? "" : picker.t(obstacleOf(card, state.channel) ?? "CannotBeUsed")].filter((note) => note !== "");
  return (
    <label className={canChoose ? "cybs-card" : "cybs-card cybs-disabled"}>
      <input type="radio" name="cybs-card" disabled={!canChoose} checked={state.choice === card.id} onChange={() => { picker.choose(card.id); }} />
      <span className="cybs-brand">{card.brand} <span className="cybs-digits">•••• {card.lastFour}</span></span> <span className="cybs-quiet">{notes.join(" · ")}</span>
    </label>
  );
}

interface FrameProps { readonly picker: Picker; readonly url: string; readonly title: string; readonly isReachable: boolean }
const EntryFrame = React.memo(function EntryFrame({ picker, url, title, isReachable }: FrameProps): React.ReactElement {
  const frame = React.useRef<HTMLIFrameElement>(null);
  // Before the browser paints, so before the page can have said a word.
  React.useLayoutEffect(() => { const target = frame.current?.contentWindow; if (target !== null && target !== undefined) picker.attach(target); }, [picker]);
  return <iframe ref={frame} className="cybs-frame" src={url} title={title} tabIndex={isReachable ? 0 : -1} referrerPolicy="no-referrer" onLoad={() => { picker.frameLoaded(); }} />;
});

/** Card entry that does not open: why, the line an administrator adds, and the way on. */
function EntryNote({ picker, state }: Props): React.ReactElement | null {
  const { entry } = state;
  if (entry.status !== "failed") return null;
  return (
    <div className="cybs-failed" role="alert">
      <p>{entry.message}</p>
      {entry.frameSource === undefined ? null : <p>{picker.t("FrameSource")} <code>{entry.frameSource}</code></p>}
      {entry.tabUrl === undefined ? <DefaultButton styles={QUIET_BUTTON} onClick={() => { picker.retryEntry(); }}>{picker.t("Retry")}</DefaultButton> : <a className="cybs-link" href={entry.tabUrl} target="_blank" rel="noopener noreferrer">{picker.t("OpenInTab")}</a>}
    </div>
  );
}

function NewCard({ picker, state }: Props): React.ReactElement {
  return (
    <>
      <div className="cybs-row">
        <ExpiryFields picker={picker} state={state} />
        <SaveCard picker={picker} state={state} />
      </div>
      <CardholderFields key={state.order?.id} picker={picker} state={state} />
    </>
  );
}

/** Two boxes that may be typed as one: 12/31 and 1231 go on in the second. */
function ExpiryFields({ picker, state }: Props): React.ReactElement {
  const year = React.useRef<HTMLInputElement>(null);
  const common = { inputMode: "numeric", autoComplete: "off", "aria-invalid": state.errorField === "expiry", "aria-describedby": "cybs-error" } as const;
  const changeMonth = (text: string): void => {
    const { isYearNext, ...expiry } = typeMonth(state, text);
    picker.edit(expiry);
    if (isYearNext) year.current?.focus();
  };
  const leave = (): void => { const padded = leaveMonth(state.expiryMonth); if (padded !== state.expiryMonth) picker.edit({ expiryMonth: padded }); };
  return (
    <fieldset className="cybs-expiry"><legend>{picker.t("Expiry")}</legend>
      <input id="cybs-expiry" aria-label={picker.t("ExpiryMonth")} placeholder="MM" {...common} value={state.expiryMonth} onChange={(event) => { changeMonth(event.target.value); }} onBlur={leave} />
      <span aria-hidden="true">/</span>
      <input ref={year} aria-label={picker.t("ExpiryYear")} placeholder="YY" {...common} value={state.expiryYear} onChange={(event) => { picker.edit(typeYear(state, event.target.value)); }} />
    </fieldset>
  );
}
