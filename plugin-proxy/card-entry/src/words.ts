// What the card-entry page says, in the language of the session: English, and German. A problem of the relay is said by its code; what has no
// words here keeps the relay's own.
const ENGLISH = {
  secured: "Secured by Cybersource", number: "Card number", code: "Security code", opening: "Opening secure card entry …", title: "Card entry",
  checkNumber: "Check the card number.", checkCode: "Check the security code.", checkExpiry: "Check the expiry date.", cardUnread: "The card could not be read. Try again.",
  notNow: "Card entry is not available now.", blocked: "Cybersource's card fields could not be loaded. A policy of this browser or network blocks them.", otherPage: "Card entry does not work inside this page. Open it in a browser tab of its own.",
  expired: "Card entry has expired. It is opened again; nothing but the card has to be typed anew.",
} as const;
export type WordKey = keyof typeof ENGLISH;
export type Words = Readonly<Record<WordKey, string>>;

const GERMAN: Words = {
  secured: "Gesichert von Cybersource", number: "Kartennummer", code: "Prüfziffer", opening: "Die sichere Karteneingabe wird geöffnet …", title: "Karteneingabe",
  checkNumber: "Prüfen Sie die Kartennummer.", checkCode: "Prüfen Sie die Prüfziffer.", checkExpiry: "Prüfen Sie das Ablaufdatum.", cardUnread: "Die Karte konnte nicht gelesen werden. Versuchen Sie es noch einmal.",
  notNow: "Die Karteneingabe ist gerade nicht verfügbar.", blocked: "Die Kartenfelder von Cybersource konnten nicht geladen werden. Eine Richtlinie dieses Browsers oder Netzwerks blockiert sie.", otherPage: "Die Karteneingabe funktioniert in dieser Seite nicht. Öffnen Sie sie in einem eigenen Tab.",
  expired: "Die Karteneingabe ist abgelaufen. Sie wird neu geöffnet; nur die Karte muss noch einmal eingegeben werden.",
};

/** The relay's refusals, by code (docs/reference/errors.md). */
const GERMAN_PROBLEMS: Readonly<Record<string, string | undefined>> = {
  nonce_wrong: "Diese Karteneingabe wurde nicht von der genannten Anforderung geöffnet. Schließen Sie sie und drücken Sie noch einmal „Zahlung annehmen“.", not_author: "Nur wer die Zahlung vorbereitet hat und noch besitzt, kann dafür eine Karte eingeben.",
  chain_not_allowed: "Die Karteneingabe steht in einer Seite, die nicht erlaubt ist. Öffnen Sie sie in einem eigenen Tab.", request_not_found: "Die Zahlungsanforderung gibt es nicht, oder nicht in dieser Organisation.", not_draft: "Die Zahlungsanforderung wurde schon gesendet oder zurückgezogen.",
  document_closed: "Der Beleg ist geschlossen; auf ihn kann keine Zahlung angenommen werden.", payment_in_progress: "Eine andere Zahlung für diesen Beleg ist nicht abgeschlossen. Warten Sie ihr Ergebnis ab.", token_of_other_context: "Die Kartendaten gehören zu einer anderen Eingabe. Geben Sie die Karte noch einmal ein.", token_replayed: "Diese Kartendaten wurden schon verwendet. Geben Sie die Karte noch einmal ein.",
  session_expired: GERMAN.expired, no_merchant_account: "Für diese Unternehmenseinheit und Währung gibt es kein Händlerkonto. Fragen Sie Ihre Administration.", too_many_sessions: "Die Karteneingabe wurde zu oft geöffnet. Warten Sie einen Moment.", too_many_declines: "In der letzten Stunde wurden zu viele Zahlungen abgelehnt. Warten Sie, oder fragen Sie Ihre Administration.",
  dataverse_unavailable: "Dynamics 365 antwortet gerade nicht. Versuchen Sie es gleich noch einmal.", cybersource_unavailable: "Cybersource antwortet gerade nicht. Es wurde nichts belastet. Versuchen Sie es gleich noch einmal.", ledger_unavailable: "Der Zahlungsdienst erreicht seine Datenbank nicht. Es wurde nichts begonnen. Versuchen Sie es gleich noch einmal.", relay_unreachable: "Der Zahlungsdienst ist nicht erreichbar.",
};

const isGerman = (locale: string): boolean => /^de\b/i.test(locale);
/** Languages whose text runs from right to left. */
const RIGHT_TO_LEFT = /^(ar|fa|he|ur)\b/i;

export const wordsFor = (locale: string): Words => (isGerman(locale) ? GERMAN : ENGLISH);
export const directionOf = (locale: string): "ltr" | "rtl" => (RIGHT_TO_LEFT.test(locale) ? "rtl" : "ltr");
export const problemWords = (locale: string, code: string, said: string): string => (isGerman(locale) ? GERMAN_PROBLEMS[code] ?? said : said);
