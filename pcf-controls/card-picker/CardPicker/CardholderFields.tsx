// The cardholder's name and address: prefilled, editable, opened by itself when something is missing. Written to the request only, never to the order.
import * as React from "react";
import { countriesIn } from "@cybs/controls-shared";
import type { Picker } from "./actions";
import { requiredFields, type Cardholder, type PickerState } from "./state";

const FIELDS: readonly (keyof Cardholder)[] = ["firstname", "lastname", "line1", "city", "stateorprovince", "postalcode", "country", "emailaddress"];
/** Column lengths of cybs_paymentrequest, which are Cybersource's limits. */
const LENGTHS: Readonly<Record<keyof Cardholder, number>> = { firstname: 60, lastname: 60, line1: 60, city: 50, stateorprovince: 20, postalcode: 10, country: 2, emailaddress: 255 };

export function CardholderFields({ picker, state }: { readonly picker: Picker; readonly state: PickerState }): React.ReactElement {
  const { holder } = state;
  const required = requiredFields(holder.country);
  const isMissing = required.some((name) => holder[name].trim() === "");
  const [isOpen, setOpen] = React.useState(isMissing);
  const mustOpen = state.errorField !== undefined && FIELDS.some((name) => name === state.errorField);
  React.useEffect(() => { if (mustOpen) setOpen(true); }, [mustOpen]);
  const address = [[holder.firstname, holder.lastname].join(" "), holder.line1, [holder.city, holder.stateorprovince, holder.postalcode].join(" "), holder.country].map((part) => part.replace(/\s+/g, " ").trim()).filter((part) => part !== "");
  return (
    <details className="cybs-holder" open={isOpen} onToggle={(event: React.SyntheticEvent<HTMLDetailsElement>) => { setOpen(event.currentTarget.open); }}>
      <summary>{picker.t("Cardholder")}<span className="cybs-quiet">{isMissing ? picker.t("DetailsMissing") : address.join(", ")}</span></summary>
      <div className="cybs-grid">{FIELDS.map((name) => <Field key={name} picker={picker} state={state} name={name} isRequired={required.includes(name)} />)}</div>
    </details>
  );
}

interface FieldProps { readonly picker: Picker; readonly state: PickerState; readonly name: keyof Cardholder; readonly isRequired: boolean }

function Field({ picker, state, name, isRequired }: FieldProps): React.ReactElement {
  const set = (value: string): void => { picker.edit({ holder: { ...state.holder, [name]: value } }); };
  const shared = { id: `cybs-${name}`, value: state.holder[name], "aria-required": isRequired, "aria-invalid": state.errorField === name, "aria-describedby": "cybs-error" };
  return (
    <label className={`cybs-field cybs-of-${name}`}><span>{picker.labelOf(name)}{isRequired ? <span aria-hidden="true" className="cybs-star"> *</span> : null}</span>
      {name === "country"
        ? <select {...shared} onChange={(event) => { set(event.target.value); }}><option value="">{picker.t("Choose")}</option>{countriesIn(picker.locale).map(({ code, name: label }) => <option key={code} value={code}>{label}</option>)}</select>
        : <input {...shared} maxLength={LENGTHS[name]} autoComplete="off" onChange={(event) => { set(event.target.value); }} />}
    </label>
  );
}
