// What the commands say, in the user's language: English, and German for Windows language 1031. Each sentence names the way on.
const ENGLISH = {
  takePayment: "Take payment", giveBack: "Give money back", capture: "Capture", recordPayment: "Record payment", recordPaymentSeen: "Record payment (amount: what you can see as open)", savedCards: "Saved cards", bulkCapture: "Capture selected", bulkRefund: "Give back selected",
  mayNotTake: "You may not take payments. Ask your administrator for the role Cybersource Payments – Sales rep.", mayNotGiveBack: "You may not give money back. Ask your administrator for the role Cybersource Payments – Refund agent.",
  mayNotRecord: "You may not record payments. Ask your administrator for the role Cybersource Payments – Sales rep.", didNotOpen: "This could not be opened.",
  orderClosed: "This order is closed, so no payment can be taken on it.", invoiceClosed: "This invoice is paid or cancelled, so no payment can be taken on it. Money can still be given back.",
  orderEmpty: "This order has no amount yet. Add a product first.", invoiceEmpty: "This invoice has no amount yet. Add a product first.",
  applyTitle: "Apply a payment of the order", applyText: "{0} was already captured on the order of this invoice and is not applied yet. Apply {1} to this invoice instead of taking a new payment?", applied: "{0} will be applied to this invoice. It is shown here in a moment.",
  applyYes: "Apply {0}", applyNo: "Take a new payment", nothingOpen: "Nothing is open here: it is paid, or a payment is still under way. Record a payment all the same?", recordAnyway: "Record a payment", cancel: "Cancel",
  noCapture: "No authorization on this record waits to be captured.", noPayment: "No card payment was made on this record.", noCards: "This customer has no saved card. A card is saved when a payment is taken and the customer agrees.",
  tooMany: "Select at most {0} payments.", noneSelected: "Select one or more payments first.", readOnlyOrder: "This order is not active. Payments are shown; none can be taken on it.", readOnlyInvoice: "This invoice is not active. Payments are shown; none can be taken on it. Money can still be given back.",
} as const;
export type WordKey = keyof typeof ENGLISH;

const GERMAN: Readonly<Record<WordKey, string>> = {
  takePayment: "Zahlung annehmen", giveBack: "Geld zurückgeben", capture: "Einziehen", recordPayment: "Zahlung erfassen", recordPaymentSeen: "Zahlung erfassen (Betrag: offen, soweit für Sie sichtbar)", savedCards: "Gespeicherte Karten", bulkCapture: "Ausgewählte einziehen", bulkRefund: "Ausgewählte zurückzahlen",
  mayNotTake: "Sie dürfen keine Zahlungen annehmen. Bitten Sie Ihre Administration um die Rolle „Cybersource Payments – Sales rep“.", mayNotGiveBack: "Sie dürfen kein Geld zurückgeben. Bitten Sie Ihre Administration um die Rolle „Cybersource Payments – Refund agent“.",
  mayNotRecord: "Sie dürfen keine Zahlungen erfassen. Bitten Sie Ihre Administration um die Rolle „Cybersource Payments – Sales rep“.", didNotOpen: "Das konnte nicht geöffnet werden.",
  orderClosed: "Dieser Auftrag ist geschlossen; auf ihn kann keine Zahlung angenommen werden.", invoiceClosed: "Diese Rechnung ist bezahlt oder storniert; auf sie kann keine Zahlung angenommen werden. Geld kann weiterhin zurückgegeben werden.",
  orderEmpty: "Dieser Auftrag hat noch keinen Betrag. Fügen Sie zuerst ein Produkt hinzu.", invoiceEmpty: "Diese Rechnung hat noch keinen Betrag. Fügen Sie zuerst ein Produkt hinzu.",
  applyTitle: "Zahlung des Auftrags anrechnen", applyText: "{0} wurden bereits auf den Auftrag dieser Rechnung eingezogen und sind noch nicht angerechnet. {1} auf diese Rechnung anrechnen, statt eine neue Zahlung anzunehmen?", applied: "{0} werden auf diese Rechnung angerechnet. Sie sehen es hier gleich.",
  applyYes: "{0} anrechnen", applyNo: "Neue Zahlung annehmen", nothingOpen: "Hier ist nichts offen: Es ist bezahlt, oder eine Zahlung läuft noch. Trotzdem eine Zahlung erfassen?", recordAnyway: "Zahlung erfassen", cancel: "Abbrechen",
  noCapture: "Auf diesem Datensatz wartet keine Autorisierung auf ihren Einzug.", noPayment: "Zu diesem Datensatz gibt es keine Kartenzahlung.", noCards: "Dieser Kunde hat keine gespeicherte Karte. Eine Karte wird gespeichert, wenn bei einer Zahlung der Kunde zustimmt.",
  tooMany: "Wählen Sie höchstens {0} Zahlungen aus.", noneSelected: "Wählen Sie zuerst eine oder mehrere Zahlungen aus.", readOnlyOrder: "Dieser Auftrag ist nicht aktiv. Zahlungen werden gezeigt; es kann keine angenommen werden.", readOnlyInvoice: "Diese Rechnung ist nicht aktiv. Zahlungen werden gezeigt; es kann keine angenommen werden. Geld kann weiterhin zurückgegeben werden.",
};
const GERMAN_LANGUAGE = 1031;

export const isGermanUser = (): boolean => Xrm.Utility.getGlobalContext().userSettings.languageId === GERMAN_LANGUAGE;

export function say(key: WordKey, ...values: readonly string[]): string {
  const isGerman = isGermanUser();
  return values.reduce((text, value, index) => text.replace(`{${index}}`, value), (isGerman ? GERMAN : ENGLISH)[key]);
}
