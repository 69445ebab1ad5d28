// Receipts as e-mail drafts, one template per language. A person reads the draft and sends it; nothing leaves by itself.
import { toDecimalText, type Money } from "../money.ts";
import type { Instant } from "../time.ts";

export type ReceiptLanguage = "en" | "de";
export interface ReceiptFacts {
  readonly kind: "payment" | "refund";
  readonly documentNumber: string;
  readonly amount: Money;
  readonly at: Instant;
  readonly timeZone?: string | undefined;
  readonly brand?: string | undefined;
  readonly lastFour?: string | undefined;
  readonly reference?: string | undefined;
}

interface Template {
  readonly locale: string;
  readonly subject: Readonly<Record<ReceiptFacts["kind"], string>>;
  readonly opening: Readonly<Record<ReceiptFacts["kind"], string>>;
  readonly labels: { readonly amount: string; readonly date: string; readonly card: string; readonly reference: string };
  readonly closing: Readonly<Record<ReceiptFacts["kind"], string>>;
}

const TEMPLATES: Readonly<Record<ReceiptLanguage, Template>> = {
  en: {
    locale: "en-US",
    subject: { payment: "Receipt for {document}", refund: "Refund for {document}" },
    opening: { payment: "Thank you. We have received your payment for {document}.", refund: "We have given back the amount below for {document}." },
    labels: { amount: "Amount", date: "Date", card: "Card", reference: "Reference" },
    closing: { payment: "Please keep this message for your records.", refund: "Depending on your bank it can take a few days until the amount shows on your statement." },
  },
  de: {
    locale: "de-DE",
    subject: { payment: "Zahlungsbeleg zu {document}", refund: "Erstattung zu {document}" },
    opening: { payment: "Vielen Dank. Wir haben Ihre Zahlung zu {document} erhalten.", refund: "Wir haben Ihnen den folgenden Betrag zu {document} erstattet." },
    labels: { amount: "Betrag", date: "Datum", card: "Karte", reference: "Referenz" },
    closing: { payment: "Bitte bewahren Sie diese Nachricht auf.", refund: "Je nach Bank kann es einige Tage dauern, bis der Betrag auf Ihrem Konto erscheint." },
  },
};

/** Dataverse's language ids: German ones share their low ten bits (7). Everything else gets English. */
export const languageOf = (lcid: number | undefined): ReceiptLanguage => (lcid !== undefined && (lcid & 0x3ff) === 7 ? "de" : "en");

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Subject and HTML body. Everything that comes from outside is escaped; of the card only brand and last four are named. */
export function receiptFor(facts: ReceiptFacts, language: ReceiptLanguage): { readonly subject: string; readonly html: string } {
  const template = TEMPLATES[language];
  const fill = (text: string): string => text.replaceAll("{document}", facts.documentNumber);
  const rows: readonly (readonly [string, string | undefined])[] = [
    [template.labels.amount, formatAmount(facts.amount, template.locale)], [template.labels.date, formatDate(facts.at, template.locale, facts.timeZone)],
    [template.labels.card, facts.lastFour === undefined ? undefined : `${facts.brand ?? ""} •••• ${facts.lastFour}`.trim()], [template.labels.reference, facts.reference],
  ];
  const table = rows.filter(([, value]) => value !== undefined).map(([label, value]) => `<tr><td style="padding-right:24px">${label}</td><td>${escapeHtml(value ?? "")}</td></tr>`).join("");
  return { subject: fill(template.subject[facts.kind]), html: `<p>${escapeHtml(fill(template.opening[facts.kind]))}</p><table>${table}</table><p>${template.closing[facts.kind]}</p>` };
}

/** Exact: Intl takes decimal text. Digits are the currency's own, not the locale data's guess. */
function formatAmount(amount: Money, locale: string): string {
  const text = toDecimalText(amount);
  const digits = text.split(".")[1]?.length ?? 0;
  return new Intl.NumberFormat(locale, { style: "currency", currency: amount.currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(text as Intl.StringNumericLiteral);
}

function formatDate(at: Instant, locale: string, timeZone: string | undefined): string {
  const format = (zone: string): string => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: zone }).format(at);
  try { return format(timeZone ?? "UTC"); } catch { return format("UTC"); }
}
