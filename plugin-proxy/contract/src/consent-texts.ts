// The words that a customer agrees to when his card is saved, by version: picker and relay must mean the same by one.
// The words themselves are the picker's strings SaveCard and MerchantMayCharge; new words are a new version here, and an old one stays for the rows that name it.

export type ConsentScope = "laterOrders" | "alsoMerchantInitiated";
interface ConsentText { readonly version: string; readonly scope: ConsentScope; /** The version to which this one adds. */ readonly widens?: string }

export const CONSENT_TEXTS: readonly ConsentText[] = [
  { version: "2026-11", scope: "laterOrders" },
  { version: "2026-11-merchant", scope: "alsoMerchantInitiated", widens: "2026-11" },
];

/** What a version allows. Words that are not known here allow no more than saving the card says. */
export const scopeOfConsent = (version: string): ConsentScope => CONSENT_TEXTS.find((text) => text.version === version)?.scope ?? "laterOrders";

/** The versions to offer where `setting` is in force. A setting that names wider words does not make the first tick mean more than it says. */
export function consentTextsFor(setting: string): { readonly saving: string; readonly merchantToo: string | undefined } {
  const saving = CONSENT_TEXTS.find((text) => text.version === setting)?.widens ?? setting;
  return { saving, merchantToo: CONSENT_TEXTS.find((text) => text.widens === saving)?.version };
}
