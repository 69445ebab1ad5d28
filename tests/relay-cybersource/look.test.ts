// What a look may conclude when a detail does not come as it should: only "not found" is not there, and what search shows is there (recovery rules §5:
// an empty look proves nothing by itself, and none was empty that saw something).
import { expect, test } from "@jest/globals";
import { createGateway } from "../../plugin-proxy/src/cybersource/create-gateway.ts";
import type { WireReply } from "../../plugin-proxy/src/cybersource/transport.ts";
import { asMerchantReference, asRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import { binding, replied } from "./calls.ts";

const ID = "7000000000000000000001";
const OTHER = "7000000000000000000002";
const DETAIL = { id: ID, merchantId: binding.merchantId, applicationInformation: { status: "AUTHORIZED", applications: [{ name: "ics_auth", reasonCode: "100", rCode: "1", rFlag: "SOK" }] }, clientReferenceInformation: { code: "PR-000001-1" } };

const look = (shown: readonly string[], detail: WireReply) => createGateway({
  host: "cybersource.example", flexHosts: [], wireClock: () => Date.UTC(2026, 5, 1), signatureLifeMs: 120_000, deadlineMs: 1_000,
  credentials: () => ({ scheme: "jwt", merchantId: binding.merchantId, keyId: "key", portfolioId: undefined, encryption: undefined, sharedSecret: "c2VjcmV0" }),
  transport: { close: async () => undefined, send: async ({ path }) => (path === "/tss/v2/searches" ? replied(201, { _embedded: { transactionSummaries: shown.map((id) => ({ id })) } }) : path.endsWith(OTHER) ? replied(404, {}) : detail) },
}).look({ binding, merchantReferences: [asMerchantReference("PR-000001-1")], around: Date.UTC(2026, 5, 1), requestIds: [asRequestId(OTHER)] });

test.each([
  ["a detail as it should be: found", replied(200, DETAIL), { kind: "looked", found: [{ requestId: ID }], isComplete: true }],
  ["half a detail: no answer", replied(200, JSON.stringify(DETAIL).slice(0, 80)), { kind: "unavailable" }],
  ["somebody else's page: no answer", replied(200, "<html>"), { kind: "unavailable" }],
  ["a gateway's error: no answer", replied(502, "<html>"), { kind: "unavailable" }],
  ["too many requests: no answer", replied(429, ""), { kind: "unavailable" }],
  ["a refused signature: no answer", replied(401, {}), { kind: "unavailable" }],
  ["not known yet, although search shows it: nothing found, and not everything seen", replied(404, {}), { kind: "looked", found: [], isComplete: false }],
] as const)("search shows it, and %s", async (_what, detail, expected) => { expect(await look([ID], detail)).toMatchObject(expected); });

test("search shows nothing, and what we know is not there: everything seen", async () => { expect(await look([], replied(404, {}))).toEqual({ kind: "looked", found: [], isComplete: true }); });
