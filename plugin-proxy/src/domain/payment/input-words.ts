// Which detail Cybersource could not read, in the words of the request's own column: what it names as `details[].field` is mapped back, so that
// whoever mends it knows where (recovery rules §3 row 6). Names are those of orderInformation.billTo (developer.cybersource.com, payments).

const LABELS: Readonly<Record<string, string>> = {
  firstName: "first name", lastName: "last name", company: "company", address1: "first address line", address2: "second address line", locality: "city", administrativeArea: "state or province", postalCode: "postal code",
  country: "country", email: "e-mail address", phoneNumber: "telephone number",
};
const BILL_TO = /(?:^|\.)billTo\.(\w+)/;

const sentence = (label: string): string => `Nothing was charged: Cybersource could not read the ${label} of the billing address. Correct it on a new request.`;

/** The sentence for a field that a person can mend; undefined for every other one. */
export function inputWords(field: string | undefined): { readonly agent: string } | undefined {
  const label = LABELS[BILL_TO.exec(field ?? "")?.[1] ?? ""];
  return label === undefined ? undefined : { agent: sentence(label) };
}

/** Every field that has a sentence: for the test of its translations. */
export const fieldsWithWords = (): readonly string[] => Object.keys(LABELS).map((name) => `orderInformation.billTo.${name}`);
