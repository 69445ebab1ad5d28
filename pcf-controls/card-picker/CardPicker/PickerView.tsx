// The card picker as people see it. The frame is mounted always (hidden for a saved card), so that there is always somebody to poke the relay.
import * as React from "react";
import { DefaultButton, PrimaryButton, Spinner } from "@fluentui/react";
import { formatAmount, Icon, timeOf, useStore } from "@cybs/controls-shared";
import type { Picker } from "./actions";
import { CardChoice } from "./CardChoice";
import { BUTTON, QUIET_BUTTON } from "./button-styles";
import { ResultPanel } from "./ResultPanel";
import { canPay, choiceIn, inProgressAmount, openAmount, paidAmount, type PickerState } from "./state";

export interface ViewProps { readonly picker: Picker; readonly variables: Record<string, string> }
interface Props { readonly picker: Picker; readonly state: PickerState }

export function PickerView({ picker, variables }: ViewProps): React.ReactElement {
  const state = useStore(picker.store);
  const { phase } = state;
  return (
    <div className="cybs-picker" style={variables}>
      <Header picker={picker} state={state} />
      {phase === "loading" ? <Waiting text={picker.t("Loading")} /> : null}
      {phase === "stopped" ? <Stopped picker={picker} state={state} /> : null}
      <form hidden={phase !== "ready"} onSubmit={(event) => { event.preventDefault(); void picker.pay(); }} noValidate aria-label={picker.t("TakePayment")}>
        <Amount picker={picker} state={state} />
        <CardChoice picker={picker} state={state} />
        <p className="cybs-error" role="alert" id="cybs-error">{state.error === undefined ? null : <><Icon name="warning" size={16} /> {state.error}</>}</p>
        <div className="cybs-actions">
          {state.choice === "new" && state.entry.status === "opening" ? <span className="cybs-quiet" role="status">{picker.t("Opening")}</span> : null}
          <DefaultButton styles={QUIET_BUTTON} onClick={() => { void picker.cancel(); }}>{picker.t("Cancel")}</DefaultButton>
          <PrimaryButton type="submit" disabled={!canPay(state)} styles={BUTTON}>{picker.buttonText(state)}</PrimaryButton>
        </div>
      </form>
      {phase === "sending" ? <Waiting text={picker.t(state.choice === "new" ? "Sending" : "SendingSaved")} more={picker.t("GoesOn")} /> : null}
      {phase === "asking" ? <Waiting text={picker.t("Asking")} more={askingWords(picker, state)} /> : null}
      {phase === "result" && state.result !== undefined ? <ResultPanel picker={picker} state={state} result={state.result} /> : null}
    </div>
  );
}

/** What is said while the bank is asked: that closing the window stops nothing; later, until when it can still start. */
function askingWords(picker: Picker, state: PickerState): string {
  if (!state.isSlow || state.validUntil === undefined) return picker.t("GoesOn");
  return `${picker.t("GoesOn")} ${picker.t("ValidUntil", timeOf(state.validUntil, picker.locale))}`;
}

function Waiting({ text, more }: { readonly text: string; readonly more?: string }): React.ReactElement {
  return <div className="cybs-asking" role="status"><Spinner label={text} styles={{ label: { color: "var(--cybs-foreground)", fontSize: 14 } }} />{more === undefined ? null : <p className="cybs-quiet">{more}</p>}</div>;
}

function Header({ picker, state }: Props): React.ReactElement | null {
  const { order } = state;
  if (order === undefined) return null;
  const show = (minor: bigint): string => formatAmount(minor, order.currency, picker.locale);
  const running = inProgressAmount(order);
  // None that is known: a nought beside "another payment is not finished" would deny it.
  const figures: readonly (readonly [string, bigint])[] = [["Total", order.total], ["Paid", paidAmount(order)], ...(running === 0n ? [] : [["InProgress", running] as const]), ["Open", openAmount(order)]];
  return (
    <header className="cybs-header">
      <p className="cybs-order">{picker.t(order.table === "invoice" ? "Invoice" : "Order")} <strong>{order.number}</strong>{order.customerName === "" ? "" : ` · ${order.customerName}`}</p>
      <dl className="cybs-figures">{figures.map(([key, minor]) => <div key={key} className={key === "Open" ? "cybs-open" : undefined}><dt>{picker.t(key)}</dt><dd>{show(minor)}</dd></div>)}</dl>
    </header>
  );
}

function Amount({ picker, state }: Props): React.ReactElement {
  const channels = ["OnThePhone", "ByMail", "Absent"] as const;
  return (
    <div className="cybs-row">
      <label className="cybs-field"><span>{picker.t("Amount")}</span>
        <span className="cybs-amount"><input id="cybs-amount" inputMode="decimal" autoComplete="off" value={state.amountText} aria-invalid={state.errorField === "amount"} onChange={(event) => { picker.edit({ amountText: event.target.value }); }} aria-describedby="cybs-error" /> <span>{state.order?.currency}</span></span>
      </label>
      <fieldset className="cybs-channel"><legend>{picker.t("Customer")}</legend>
        {channels.map((key, index) => <label key={key}><input type="radio" name="cybs-channel" checked={state.channel === index} onChange={() => { picker.edit({ channel: index }); const choice = choiceIn(index, state); if (choice !== state.choice) picker.choose(choice); }} /> {picker.t(key)}</label>)}
      </fieldset>
    </div>
  );
}

function Stopped({ picker, state }: Props): React.ReactElement | null {
  const { stop } = state;
  if (stop === undefined) return null;
  return (
    <div className="cybs-stop" role="alert">
      <span className="cybs-badge"><Icon name="warning" size={24} /></span>
      <div><p>{stop.message}</p>
        {stop.way === "retry" ? <DefaultButton styles={QUIET_BUTTON} onClick={() => { void picker.start(); }}>{picker.t("LookAgain")}</DefaultButton> : null}
        {stop.way === "again" ? <PrimaryButton styles={BUTTON} onClick={() => { void picker.again(); }}>{picker.t("StartAgain")}</PrimaryButton> : null}
        {stop.way === "none" ? <p className="cybs-quiet">{picker.t("CanClose")}</p> : null}
      </div>
    </div>
  );
}
