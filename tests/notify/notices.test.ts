// Who has to know what: that something went out only in part, that what a rule asked for came to nothing.
import { describe, expect, test } from "@jest/globals";
import { noticesFor, tasksFor } from "../../plugin-proxy/src/domain/notify/notices.ts";
import { whatNext } from "../../plugin-proxy/src/domain/operator/what-next.ts";
import type { ChangeCommand } from "../../plugin-proxy/src/domain/payment/command.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { asRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import { authorized, claimEffect, decided, done, happens, on, partsOf, row, sentAt, underway } from "../support/changes.ts";
import { T0, usd } from "../support/intents.ts";

const DAY = 86_400_000;
const byRule: Partial<ChangeCommand> = { author: { userId: "relay", fullName: "Relay", isInteractivePerson: false } };
const subjects = (of: Intent) => tasksFor(of).map(({ subject }) => subject);

describe("a refund over two captures of which one was declined", () => {
  const twice = done(done(authorized(), row("capture", 8_000n)), row("capture", 4_000n), { at: T0 + 60_000 });
  const wish = row("give_back", 10_000n);
  const first = sentAt(decided(twice, wish, { settlement: "closed", at: T0 + DAY }), claimEffect(decided(twice, wish, { settlement: "closed", at: T0 + DAY }), wish).effectId, T0 + DAY);
  const half = happens(first, on(claimEffect(first, wish).effectId, "approved", { at: T0 + DAY + 1_000, facts: { requestId: asRequestId("7000000000000000000061"), amount: usd(4_000n) } }));
  const second = partsOf(half, wish)[1]?.effectId as never;
  const ended = happens(sentAt(happens(half, on(second, "turn", { evidence: "rule", at: T0 + DAY + 2_000 })), second, T0 + DAY + 3_000), on(second, "declined", { at: T0 + 2 * DAY, reason: "PROCESSOR_DECLINED" }));

  test("is told as carried out in part, with what the bank said", () => {
    const [told] = noticesFor(ended, () => []).filter(({ key }) => key.includes(wish.commandId));
    expect(told).toMatchObject({ icon: "warning", title: "ORD-01: carried out in part" });
    expect(told?.body).toMatch(/declined|bank/i);
  });
});

describe("a capture that a rule asked for", () => {
  const refused = (more: Partial<ChangeCommand>, reason: string): Intent => {
    const wish = row("capture", 12_400n, more);
    const flying = underway(authorized(), wish);
    return happens(flying, on(claimEffect(flying, wish).effectId, "refused", { reason }));
  };
  test("and that came to nothing is a task of the document's owner", () => { expect(subjects(refused(byRule, "INVALID_DATA"))).toEqual(["Capture 124.00 USD for ORD-01"]); });
  test("for an invoice that was paid otherwise is no task", () => { expect(subjects(refused(byRule, "amount_above_open"))).toEqual([]); });
  test("as a person asked for it is told to that person", () => { expect(subjects(refused({}, "INVALID_DATA"))).toEqual([]); });
});

describe("a release that was refused", () => {
  const refused = (more: Partial<ChangeCommand>): Intent => {
    const wish = row("authorization_reversal", 12_400n, more);
    const flying = underway(authorized(), wish);
    return happens(flying, on(claimEffect(flying, wish).effectId, "refused", { reason: "PROCESSOR_UNAVAILABLE" }));
  };
  test("by rule, with the hold still there, waits for an operator", () => { expect(whatNext(refused(byRule))).toMatchObject({ needsAttention: true, text: expect.stringContaining("release of the hold of 124.00 USD was refused") }); });
  test("as a person asked for it is told to that person", () => { expect(whatNext(refused({}))).toBeUndefined(); });
  test("and went through later is over", () => {
    const again = done(refused(byRule), row("authorization_reversal", 12_400n));
    expect(whatNext(again)).toBeUndefined();
  });
});
