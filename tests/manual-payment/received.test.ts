// Cash, cheques and bank transfers: rows are only created; a wrong one is taken back by another.
import { expect, test } from "@jest/globals";
import { receivedMinor } from "../../plugin-proxy/src/domain/manual-payment/received.ts";

test.each([
  ["nothing", [], 0n],
  ["what came in", [{ manualPaymentId: "a", minor: 30n }, { manualPaymentId: "b", minor: 20n }], 50n],
  ["not what was taken back", [{ manualPaymentId: "a", minor: 30n }, { manualPaymentId: "b", minor: 30n, reversesId: "a" }], 0n],
  ["taken back twice is taken back once", [{ manualPaymentId: "a", minor: 30n }, { manualPaymentId: "b", minor: 30n, reversesId: "a" }, { manualPaymentId: "c", minor: 30n, reversesId: "a" }, { manualPaymentId: "d", minor: 5n }], 5n],
  ["a reversal of what is not there takes nothing", [{ manualPaymentId: "a", minor: 30n }, { manualPaymentId: "b", minor: 30n, reversesId: "z" }], 30n],
  ["never less than zero by a negative row", [{ manualPaymentId: "a", minor: -30n }, { manualPaymentId: "b", minor: 10n }], 10n],
] as const)("%s", (_name, rows, expected) => { expect(receivedMinor(rows)).toBe(expected); });
