// What the customer agreed to: that his new card is kept, and, only then, that the merchant may charge it by himself.
import * as React from "react";
import type { Picker } from "./actions";
import { agreedText, consentTexts, isMerchantAllowed, type PickerState } from "./state";

interface Props { readonly picker: Pick<Picker, "t" | "edit">; readonly state: PickerState }
const WORDS = "cybs-save-words";

export function SaveCard({ picker, state }: Props): React.ReactElement {
  return (
    <>
      <label className="cybs-check"><input type="checkbox" checked={state.saveCard} onChange={(event) => { picker.edit({ saveCard: event.target.checked, merchantMayCharge: false }); }} /> <span id={WORDS}>{picker.t("SaveCard")}</span></label>
      {state.saveCard ? <Consent picker={picker} state={state} /> : null}
    </>
  );
}

function Consent({ picker, state }: Props): React.ReactElement {
  return (
    <div className="cybs-consent">
      {consentTexts(state).merchantToo === undefined ? null : (
        <label className="cybs-check"><input type="checkbox" aria-describedby={WORDS} checked={state.merchantMayCharge} onChange={(event) => { picker.edit({ merchantMayCharge: event.target.checked }); }} /> <span>{picker.t("MerchantMayCharge")}</span></label>
      )}
      <p className="cybs-quiet">{picker.t(isMerchantAllowed(state) ? "ConsentMerchant" : "Consent", agreedText(state))}</p>
    </div>
  );
}
