// Cybersource's card type codes, the brand choice of a saved card, and the brand's name.
// developer.cybersource.com/docs/cybs/en-us/payments/developer/all/rest/payments (card types)
import { paymentMethodTable } from "@cybs/schema";

const brands = paymentMethodTable.choices.brand;

interface Brand {
  readonly choice: number;
  readonly name: string;
}
const OTHER: Brand = { choice: brands.other, name: "Card" };
const BY_TYPE_CODE: Readonly<Record<string, Brand>> = {
  "001": { choice: brands.visa, name: "Visa" },
  "002": { choice: brands.mastercard, name: "Mastercard" },
  "003": { choice: brands.americanExpress, name: "American Express" },
  "004": { choice: brands.discover, name: "Discover" },
  "005": { choice: brands.diners, name: "Diners Club" },
  "007": { choice: brands.jcb, name: "JCB" },
};

/** Brand of a card type code; `other` for codes nobody knows. */
export const brandOfTypeCode = (code: string | undefined): Brand => BY_TYPE_CODE[code ?? ""] ?? OTHER;

/** Name of a brand choice; undefined for numbers nobody knows. */
export const brandNameOfChoice = (choice: number | undefined): string | undefined => [...Object.values(BY_TYPE_CODE), OTHER].find((brand) => brand.choice === choice)?.name;
