// A batch closes at the merchant's cut-off in the merchant's time zone; what is in it can no longer be voided. Authorizations end.
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { createClock } from "../sandbox/kit/clock.ts";
import { createRandom } from "../sandbox/kit/random.ts";
import { batchDay } from "../sandbox/cybersource/payments/batch-day.ts";
import { createState } from "../sandbox/cybersource/state.ts";
import { amount, payment, reversal, startMerchant, voiding, type Answered, type Merchant } from "./merchant.ts";

let merchant: Merchant;
beforeAll(async () => { merchant = await startMerchant(); });
beforeEach(async () => { await merchant.control("reset", {}); });
afterAll(async () => { await merchant.close(); });

const post = (path: string, body: unknown): Promise<Answered> => merchant.call("POST", `/pts/v2/${path}`, body);
const pay = async (...input: Parameters<typeof payment>): Promise<string> => String((await post("payments", payment(...input))).body["id"]);
const advance = (duration: string): Promise<unknown> => merchant.control("clock", { advance: duration });

test.each([
  ["UTC", "00:00", "2026-03-10T23:59:59Z", "2026-03-11T00:00:00Z"],
  ["America/Los_Angeles", "17:00", "2026-03-10T23:59:59Z", "2026-03-11T00:00:00Z"], // daylight time since the 8th: UTC-7
  ["America/Los_Angeles", "17:00", "2026-01-10T00:59:59Z", "2026-01-10T01:00:00Z"], // UTC-8
  ["Asia/Tokyo", "22:30", "2026-03-10T13:29:59Z", "2026-03-10T13:30:00Z"],
])("in %s a batch closes at %s", (batchTimeZone, batchCutOff, before, after) => {
  const state = createState({ clock: createClock(), random: createRandom(1), seed: 1, merchant: { id: "m", keyId: "k", sharedSecret: "" } });
  state.settings = { ...state.settings, batchTimeZone, batchCutOff };
  const days = [before, after].map((at) => batchDay(state, new Date(at)));
  expect(Date.parse(days[1] ?? "") - Date.parse(days[0] ?? "")).toBe(86_400_000);
  expect(batchDay(state, new Date(Date.parse(after) + 3_600_000))).toBe(days[1]);
});

test("What was captured can be voided until its batch has closed, and refunded afterwards", async () => {
  const [voided, batched] = [await pay("5.00", { capture: true }), await pay("7.00", { capture: true })];
  expect((await post(`payments/${voided}/voids`, voiding())).body).toMatchObject({ status: "VOIDED" });
  await advance("P1D");
  expect(await post(`payments/${batched}/voids`, voiding())).toMatchObject({ status: 400, body: { reason: "NOT_VOIDABLE" } });
  expect((await post(`payments/${batched}/refunds`, amount("7.00"))).body).toMatchObject({ status: "PENDING" });
});

test("An authorization ends: it cannot be captured after its days", async () => {
  await merchant.control("settings", { authorizationDays: 3 });
  const [early, late] = [await pay("5.00"), await pay("5.00")];
  await advance("P2D");
  expect((await post(`payments/${early}/captures`, amount("5.00"))).body).toMatchObject({ status: "PENDING" });
  await advance("P2D");
  expect(await post(`payments/${late}/captures`, amount("5.00"))).toMatchObject({ status: 400, body: { reason: "MISSING_AUTH" } });
});

const decide = (id: string, decision: string, actionList: readonly string[] = []): Promise<Answered> =>
  merchant.call("POST", `/risk/v1/decisions/${id}/actions`, { decisionInformation: { decision }, processingInformation: { actionList } });

test.each<[string, readonly string[], string, object, string]>([
  ["ACCEPT", [], "ACCEPTED", {}, "live"], ["ACCEPT", ["CAPTURE"], "ACCEPTED", { capture: { status: "PENDING" } }, "captured"],
  ["REJECT", [], "REJECTED", {}, "held"], ["REJECT", ["REVERSE"], "REJECTED", { reversal: { status: "REVERSED" } }, "reversed"],
])("A case that is decided %s %j is %s, and its hold is %s", async (decision, actions, status, embedded, state) => {
  const id = await pay("6022.00");
  expect(await decide(id, decision, actions)).toMatchObject({ status: 201, body: { status, _embedded: embedded } });
  expect((await merchant.ledger()).find((one) => one["id"] === id)?.["state"]).toBe(state);
  expect((await decide(id, decision)).status).toBe(400);
});

test("An incremental authorization grows the original, which then is reversed as a whole", async () => {
  const id = await pay("100.00");
  const body = { clientReferenceInformation: { code: "GROW-1" }, orderInformation: { amountDetails: { additionalAmount: "20.50", currency: "USD" } } };
  expect(await merchant.call("PATCH", `/pts/v2/payments/${id}`, body)).toMatchObject({ status: 201, body: { id, status: "AUTHORIZED", orderInformation: { amountDetails: { authorizedAmount: "120.50" } } } });
  expect(await post(`payments/${id}/reversals`, reversal("100.00"))).toMatchObject({ status: 400, body: { reason: "INVALID_AMOUNT" } });
  expect((await post(`payments/${id}/reversals`, reversal("120.50"))).body).toMatchObject({ status: "REVERSED" });
  expect(await merchant.call("PATCH", `/pts/v2/payments/${id}`, body)).toMatchObject({ status: 400 });
});
