// What the processor behind a test account can do, found out by doing it: small amounts on Cybersource's public test card, each taken back.
// Test host only. An ability that cannot be shown counts as no: the relay is cautious without it.
import { textAt } from "../dataverse/row.ts";
import type { Row } from "../dataverse/row.ts";
import type { Clock } from "../clock.ts";
import type { ABILITIES } from "../configuration/environment-file.ts";
import type { Cybersource, CybersourceAnswer } from "./signed-call.ts";

export type Ability = (typeof ABILITIES)[number];
interface Trial { readonly cybersource: Cybersource; readonly currency: string; reference(): string }
/** true: it was done; false: it was refused. */
type Attempt = (trial: Trial) => Promise<boolean>;

/** Published by Cybersource for tests; it moves no money anywhere. */
const TEST_CARD = { number: "4111111111111111", expirationMonth: "12", expirationYear: "2031" };
const BILL_TO = { firstName: "Test", lastName: "Payment", address1: "1 Market St", locality: "San Francisco", administrativeArea: "CA", postalCode: "94105", country: "US", email: "test@example.com" };
const isDone = (answer: CybersourceAnswer, ...statuses: readonly string[]): boolean => answer.status === 201 && statuses.includes(textAt(answer.body, "status"));

async function pay(trial: Trial, amount: string, capture: boolean, reference = trial.reference()): Promise<string> {
  const answer = await trial.cybersource.call("POST", "/pts/v2/payments", { clientReferenceInformation: { code: reference, transactionId: reference }, processingInformation: { capture, commerceIndicator: "MOTO" }, paymentInformation: { card: TEST_CARD }, orderInformation: { amountDetails: { totalAmount: amount, currency: trial.currency }, billTo: BILL_TO } });
  return isDone(answer, "AUTHORIZED", "PENDING", "TRANSMITTED") ? textAt(answer.body, "id") : "";
}
const follow = (trial: Trial, path: string, more: Row = {}): Promise<CybersourceAnswer> => trial.cybersource.call("POST", path, { clientReferenceInformation: { code: trial.reference() }, ...more });
const amountOf = (trial: Trial, totalAmount: string): Row => ({ orderInformation: { amountDetails: { totalAmount, currency: trial.currency } } });
const capture = async (trial: Trial, id: string, amount: string): Promise<string> => { const answer = await follow(trial, `/pts/v2/payments/${id}/captures`, amountOf(trial, amount)); return isDone(answer, "PENDING", "TRANSMITTED") ? textAt(answer.body, "id") : ""; };
const cancel = (trial: Trial, kind: string, id: string): Promise<CybersourceAnswer> => follow(trial, `/pts/v2/${kind}/${id}/voids`);
const reverse = (trial: Trial, id: string, amount: string): Promise<CybersourceAnswer> => follow(trial, `/pts/v2/payments/${id}/reversals`, { reversalInformation: { amountDetails: { totalAmount: amount, currency: trial.currency }, reason: "test" } });

const ATTEMPTS: Readonly<Record<Ability, Attempt>> = {
  async multicapture(trial) {
    const id = await pay(trial, "3", false);
    const first = id === "" ? "" : await capture(trial, id, "1");
    const second = first === "" ? "" : await capture(trial, id, "1");
    for (const one of [first, second]) if (one !== "") await cancel(trial, "captures", one);
    return second !== "";
  },
  async reversalaftervoid(trial) {
    const id = await pay(trial, "2", false);
    const captured = id === "" ? "" : await capture(trial, id, "2");
    return captured !== "" && isDone(await cancel(trial, "captures", captured), "VOIDED", "CANCELLED") && isDone(await reverse(trial, id, "2"), "REVERSED");
  },
  async captureaftervoid(trial) {
    const id = await pay(trial, "2", false);
    const captured = id === "" ? "" : await capture(trial, id, "2");
    if (captured === "" || !isDone(await cancel(trial, "captures", captured), "VOIDED", "CANCELLED")) return false;
    const again = await capture(trial, id, "2");
    if (again !== "") await cancel(trial, "captures", again);
    return again !== "";
  },
  async timeoutvoid(trial) {
    const reference = trial.reference();
    if (await pay(trial, "2", true, reference) === "") return false;
    return isDone(await trial.cybersource.call("POST", "/pts/v2/voids", { clientReferenceInformation: { code: trial.reference(), transactionId: reference } }), "VOIDED", "CANCELLED");
  },
  async incremental(trial) {
    const id = await pay(trial, "2", false);
    if (id === "") return false;
    const answer = await trial.cybersource.call("PATCH", `/pts/v2/payments/${id}`, { clientReferenceInformation: { code: trial.reference() }, processingInformation: { authorizationOptions: { initiator: { storedCredentialUsed: true } } }, orderInformation: { amountDetails: { additionalAmount: "1", currency: trial.currency } } });
    await reverse(trial, id, isDone(answer, "AUTHORIZED") ? "3" : "2");
    return isDone(answer, "AUTHORIZED");
  },
  async standalonecredit(trial) {
    const answer = await follow(trial, "/pts/v2/credits", { paymentInformation: { card: TEST_CARD }, orderInformation: { amountDetails: { totalAmount: "1", currency: trial.currency }, billTo: BILL_TO } });
    if (isDone(answer, "PENDING", "TRANSMITTED")) await cancel(trial, "credits", textAt(answer.body, "id"));
    return isDone(answer, "PENDING", "TRANSMITTED");
  },
  async partialreversal(trial) {
    const id = await pay(trial, "3", false);
    const part = id === "" ? undefined : await reverse(trial, id, "1");
    const isShown = part !== undefined && isDone(part, "REVERSED") && textAt(part.body["reversalAmountDetails"] as Row | undefined, "reversedAmount").startsWith("1");
    if (id !== "") await reverse(trial, id, isShown ? "2" : "3");
    return isShown;
  },
};

/** Every ability with what was found. `say` hears of each as it is found. */
export async function tryAbilities(input: { readonly cybersource: Cybersource; readonly currency: string; readonly clock: Clock; readonly say: (ability: Ability, isShown: boolean) => void }): Promise<readonly Ability[]> {
  const stamp = input.clock.now().toString(36);
  let count = 0;
  const trial: Trial = { ...input, reference: () => `TRIAL-${stamp}-${++count}` };
  const found: Ability[] = [];
  for (const ability of Object.keys(ATTEMPTS) as Ability[]) {
    const isShown = await ATTEMPTS[ability](trial);
    input.say(ability, isShown);
    if (isShown) found.push(ability);
  }
  return found;
}
