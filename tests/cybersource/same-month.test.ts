// Same seed, same month, to the byte: everything that happens in thirty days of trade, with the worst strictness and webhooks that fail, twice.
import { expect, test } from "@jest/globals";
import { createClock } from "../sandbox/kit/clock.ts";
import { createRandom, type Random } from "../sandbox/kit/random.ts";
import { openMerchant } from "./in-process.ts";
import { amount, reversal, voiding, type Json } from "./merchant.ts";

const START_MS = Date.UTC(2026, 2, 1);
const CARD = { number: "4111111111111111", expirationMonth: "12", expirationYear: "2031", securityCode: "123" };
const reference = (code: string): Json => ({ clientReferenceInformation: { code, transactionId: `T-${code}` } });

/** One order of the day: paid, then perhaps captured, refunded, voided, reversed or decided. */
async function trade(merchant: Awaited<ReturnType<typeof openMerchant>>, random: Random, code: string): Promise<readonly string[]> {
  const total = random.integer(20) < 12 ? `${random.integer(900) + 1}.${random.digits(2)}` : ["6010.00", "6001.00", "6022.00", "6020.00"][random.integer(4)] ?? "1.00";
  const capture = random.integer(2) === 0;
  const paid = await merchant.call("POST", "/pts/v2/payments", { ...reference(code), processingInformation: { capture, ...(random.integer(5) === 0 ? { actionList: ["TOKEN_CREATE"] } : {}) }, paymentInformation: { card: CARD }, orderInformation: { amountDetails: { totalAmount: total, currency: "USD" } } });
  const id = (typeof paid.body["id"] === "string" ? paid.body["id"] : "0");
  const more: readonly (readonly [string, Json])[] = [
    [`/pts/v2/payments/${id}/captures`, amount(total)], [`/pts/v2/payments/${id}/refunds`, amount(total)], [`/pts/v2/payments/${id}/voids`, voiding()], [`/pts/v2/payments/${id}/reversals`, reversal(total)],
    [`/risk/v1/decisions/${id}/actions`, { decisionInformation: { decision: "ACCEPT" }, processingInformation: { actionList: ["CAPTURE"] } }],
  ];
  const [path, body] = more[random.integer(more.length)] ?? ["/", {}];
  const followed = await merchant.call("POST", path, { ...body, clientReferenceInformation: { code: `${code}-f` } });
  const found = await merchant.call("POST", "/tss/v2/searches", { query: `clientReferenceInformation.code:${code}`, limit: 10, sort: "id:asc" });
  return [paid.text, followed.text, found.text];
}

async function playMonth(seed: number): Promise<{ readonly answers: readonly string[]; readonly ledger: string; readonly posted: readonly string[]; readonly notifications: string }> {
  const at = { ms: START_MS };
  const clock = createClock(0, () => at.ms);
  const posted: string[] = [];
  const replies = createRandom(seed + 1);
  const merchant = await openMerchant({ clock, seed, outside: { later: () => undefined, post: (url, call) => { posted.push(`${url} ${JSON.stringify(call.headers)} ${call.body}`); return Promise.resolve(replies.integer(5) === 0 ? 500 : 200); } } });
  const { id } = merchant.open.merchant;
  await merchant.control("settings", { worst: true, webhookLoss: 0.05, webhookDuplication: 0.05, batchCutOff: "17:00", batchTimeZone: "America/Los_Angeles" });
  await merchant.call("POST", "/kms/egress/v2/keys-sym", { clientRequestAction: "CREATE", keyInformation: { provider: "nrtd", tenant: id, organizationId: id, keyType: "sharedSecret", expiryDuration: "365" } }, { "v-c-sender-organization-id": id, "v-c-permissions": "x" });
  await merchant.call("POST", "/notification-subscriptions/v2/webhooks", { products: [{ productId: "decisionManager", eventTypes: ["risk.casemanagement.decision.accept", "risk.profile.decision.reject"] }, { productId: "fraudManagementEssentials", eventTypes: ["risk.profile.decision.review"] }], webhookUrl: "https://shop.example/hook", retryPolicy: { numberOfRetries: 20 } });
  const random = createRandom(seed + 2);
  const answers: string[] = [];
  for (let day = 0; day < 30; day++) {
    for (let order = 0; order < 12; order++) {
      answers.push(...await trade(merchant, random, `D${day}-${order}`));
      at.ms += 3_600_000;
      await clock.advance("PT1H"); // the business day is over twice as fast
    }
  }
  return { answers, ledger: JSON.stringify(await merchant.control("ledger")), posted, notifications: JSON.stringify(await merchant.control("notifications")) };
}

test("Thirty days played twice with one seed leave the same bytes, and with another seed others", async () => {
  const [first, second, other] = [await playMonth(5), await playMonth(5), await playMonth(6)];
  expect(first.answers).toHaveLength(30 * 12 * 3);
  expect(first.posted.length).toBeGreaterThan(5);
  expect(second).toEqual(first);
  expect(JSON.parse(first.ledger)).toHaveLength((JSON.parse(second.ledger) as unknown[]).length);
  expect(other.ledger).not.toBe(first.ledger);
}, 120_000);
