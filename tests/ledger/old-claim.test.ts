// A ledger that went back to a backup finds a claim of its own that nobody has gone on with, and the row is to end now. The lost ledger may have taken the
// payment meanwhile: Dataverse and Cybersource are asked first (recovery rules §6, law 9).
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openMemoryLedger } from "../../plugin-proxy/src/db/memory/open-memory-ledger.ts";
import { mainEffect } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { claimRequest } from "../../plugin-proxy/src/flows/claim-request.ts";
import type { FlowDeps } from "../../plugin-proxy/src/flows/deps.ts";
import { withdrawRequest } from "../../plugin-proxy/src/flows/withdraw-request.ts";
import type { Ledger } from "../../plugin-proxy/src/ports/ledger.ts";
import { account, context, effect, intent, organizationId, paymentRequestId, T0, usd } from "../support/intents.ts";

const MINUTE = 60_000;
let ledger: Ledger;
beforeEach(() => { ledger = openMemoryLedger("ledger-1"); });
afterEach(() => ledger.close());

const customer = { kind: "account", id: "acc-1" } as const;
const rowIn = (state: "submitted" | "withdrawn", documentState: { readonly isOpen: boolean }) => ({
  paymentRequestId, name: "PR-1", state, action: "authorization", method: "saved_card", channel: "phone", amount: usd(1_000n), currency: "USD", currencyId: "cur-usd", saveCard: false, createdOn: T0, modifiedOn: T0,
  billTo: {}, savedCard: { paymentMethodId: "pm-1", customer, merchantAccountId: "ma-1", paymentInstrumentId: "PI1", isUsable: true }, author: { userId: "u", fullName: "Pia", isInteractivePerson: true }, createdById: "u", modifiedById: "u", ownerId: "u", hasOnBehalfBy: false,
  document: { ref: { kind: "salesorder", id: "o" }, number: "ORD-1", isWritable: true, total: usd(1_000n), currency: "USD", customer, owner: { id: "u", kind: "systemuser" }, owningBusinessUnitId: "bu-root", lines: [], payments: [], ...documentState },
});

interface Ground { readonly row: ReturnType<typeof rowIn>; readonly minutes: number; readonly isThere?: boolean; /** What the lost ledger has told of it. */ readonly told?: "refused" | "declined"; readonly isSilent?: boolean; readonly claim?: "created" | "own" }

/** The claim, so long after it was made. */
async function claimedAfter({ row, minutes, isThere = false, isSilent = false, told, claim = "own" }: Ground) {
  const at = T0 + minutes * MINUTE;
  const claiming = intent(effect("claiming"), { command: undefined });
  await ledger.alone((tx) => tx.insertIntent(claiming));
  let looks = 0;
  const deps = {
    ledger, settings: context.settings, derivation: { ...context.ids, rowId: (...parts: readonly string[]) => parts.join("/") }, clocks: { business: () => at, wire: () => at }, limits: { declinesPerHour: 9 },
    organizations: new Map([[organizationId, { organizationId, merchants: [{ organizationId, merchantId: "mid-1", environment: "test" }] }]]), reporter: { alarm: () => undefined, info: () => undefined, count: () => undefined },
    dataverse: {
      readAndClaim: async () => ({ kind: "read", claim, row, merchantAccounts: [account()], businessUnits: [{ id: "bu-root" }] }), readLines: async () => ({ kind: "read", lines: [] }),
      readTold: async () => ({ kind: "read", isApproved: false, isRefused: told === "refused", hasMovedOn: told !== undefined }),
    },
    gateway: { look: async () => { looks += 1; return isSilent ? { kind: "unavailable", cause: "down" } : { kind: "looked", isComplete: true, found: isThere ? [{ requestId: "7000000000000000000001" }] : [] }; } },
  } as unknown as FlowDeps;
  if (row.state === "withdrawn") await withdrawRequest(deps, { organizationId, paymentRequestId });
  const standing = await ledger.transaction((tx) => tx.loadIntent(organizationId, paymentRequestId));
  if (standing !== undefined && mainEffect(standing).state === "claiming") await claimRequest(deps, standing);
  const after = await ledger.transaction((tx) => tx.loadIntent(organizationId, paymentRequestId));
  return { state: after === undefined ? undefined : mainEffect(after).state, looks };
}

describe.each([
  ["withdrawn by a person", rowIn("withdrawn", { isOpen: true }), "withdrawn"],
  ["refused by a rule, because its order is closed now", rowIn("submitted", { isOpen: false }), "refused"],
] as const)("a claim whose row is %s", (_how, row, ended) => {
  test.each([
    ["ends at once, without asking, within a signature's life", { minutes: 1 }, { state: ended, looks: 0 }],
    ["ends later, when nothing of it is known at Cybersource", { minutes: 10 }, { state: ended, looks: 1 }],
    ["is unknown, and looked for, when something of it is there", { minutes: 10, isThere: true }, { state: "unknown", looks: 1 }],
    ["ends, when the lost ledger has told people that it was refused", { minutes: 10, isThere: true, told: "refused" }, { state: ended, looks: 0 }],
    ["is unknown when it was declined there: a hold may be left", { minutes: 10, told: "declined" }, { state: "unknown", looks: 0 }],
    ["waits while Cybersource cannot say", { minutes: 10, isSilent: true }, { state: "claiming", looks: 1 }],
  ] as const)("%s", async (_what, ground, expected) => {
    expect(await claimedAfter({ row, ...ground })).toEqual(expected);
  });
});

test("a claim that Dataverse did not have before ends without asking", async () => {
  expect(await claimedAfter({ row: rowIn("submitted", { isOpen: false }), minutes: 10, claim: "created" })).toEqual({ state: "refused", looks: 0 });
});
