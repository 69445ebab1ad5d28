// Cybersource's own test amounts, by the processor that a test account simulates (developer.cybersource.com, testing: test data for processors).
// Off by default: their amounts are ordinary ones. The setting `processorSimulator` names one.
import type { Settings, State } from "../state.ts";
import type { Outcome } from "./outcome.ts";

const BY_CODE: Readonly<Record<number, Outcome>> = {
  100: { kind: "approve" }, 102: { kind: "bad_request", reason: "INVALID_DATA" }, 110: { kind: "partial" }, 150: { kind: "http", status: 502, isExecuted: false, reason: "SYSTEM_ERROR" }, 200: { kind: "soft_decline", reason: "AVS_FAILED" },
  201: { kind: "decline", reason: "CONTACT_PROCESSOR" }, 202: { kind: "decline", reason: "EXPIRED_CARD" }, 203: { kind: "decline", reason: "PROCESSOR_DECLINED" }, 230: { kind: "soft_decline", reason: "CV_FAILED" },
  231: { kind: "decline", reason: "INVALID_ACCOUNT" }, 233: { kind: "decline", reason: "GENERAL_DECLINE" }, 250: { kind: "http", status: 502, isExecuted: false, reason: "SERVICE_TIMEOUT" },
};
const range = (code: number, ...amounts: readonly (number | readonly [number, number])[]): readonly [number, number][] =>
  amounts.flatMap((one) => (typeof one === "number" ? [[one, code] as [number, number]] : Array.from({ length: one[1] - one[0] + 1 }, (_, index): [number, number] => [one[0] + index, code])));

/** Whole amounts → legacy reason code. */
export const SIMULATORS = {
  fdc_compass: new Map([...range(100, 164), ...range(201, 401), ...range(203, 1500, 2229, 2230), ...range(150, 2000, 2236), ...range(231, 2201), ...range(233, [2202, 2205], 2225, 2227, 2231, 2233, 2234)]),
  amex_brighton: new Map([...range(201, 2501, 4001, 4002), ...range(203, 2502, [4003, 4006]), ...range(250, 9998), ...range(150, 9999)]),
  aibms: new Map([...range(201, 2540, 2552), ...range(203, [2553, 2561]), ...range(102, [2562, 2566]), ...range(150, 2554)]),
  vpc: new Map([...range(200, 6001), ...range(230, 6002), ...range(110, 6003), ...range(100, 1000)]),
} satisfies Readonly<Record<Exclude<Settings["processorSimulator"], "none">, ReadonlyMap<number, number>>>;

/** Undefined when no simulator is chosen, or it does not know the amount. */
export function simulatedOutcome(state: State, amount: bigint): Outcome | undefined {
  const { processorSimulator } = state.settings;
  if (processorSimulator === "none" || amount % 10_000n !== 0n) return undefined;
  const code = SIMULATORS[processorSimulator].get(Number(amount / 10_000n));
  return code === undefined ? undefined : BY_CODE[code];
}
