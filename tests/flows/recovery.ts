// What the recovery tests share: a payment that is watched from outside, the relay's death, time that passes, and the oracle that
// compares Cybersource's ledger with Dataverse's rows.
import { expect } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import type { RelayProcess } from "../sandbox/relay-process.ts";
import { CHOICE, eventually, request, statusOf, type LedgerLine, type RequestInput, type Row, type Stage } from "../support/stage.ts";

/** Offsets of the transaction's status choice. */
export const STATUS = { inProgress: 0, approved: 1, declined: 4, refused: 5, unknown: 6, absent: 7, undone: 8, expired: 9 } as const;

export const PAYMENTS = "^/pts/v2/payments$";
export const BATCH = "/api/data/v9.2/$batch";

export const poke = (stage: Stage, requestId: string, relayUrl = stage.relayUrl): Promise<Response> => fetch(`${relayUrl}/pokes`, {
  method: "POST", headers: { "content-type": "application/json", origin: relayUrl }, body: JSON.stringify({ organizationId: stage.dataverse.organizationId, paymentRequestId: requestId }),
});

/** A request for the whole of a fresh order, submitted and poked. Each test has an amount of its own, to find its lines by. */
export async function submit(stage: Stage, price: number, more: Partial<RequestInput> = {}): Promise<{ readonly id: string; readonly orderId: string }> {
  const orderId = more.orderId ?? await stage.order(price);
  const id = await request(stage, { amount: price, ...more, orderId });
  await poke(stage, id).catch(() => undefined);
  return { id, orderId };
}

export const isMain = (row: Row): boolean => (row["cybs_parentid"] ?? null) === null;
export const transactions = async (stage: Stage, requestId: string): Promise<readonly Row[]> => (await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_paymentrequestid"] === requestId);
export const mainOf = (rows: readonly Row[]): Row => rows.find(isMain) ?? {};
export const statusNow = async (stage: Stage, requestId: string): Promise<number> => statusOf(await transactions(stage, requestId));

export const salesOf = async (stage: Stage, amount: number): Promise<readonly LedgerLine[]> => (await stage.ledger()).filter((line) => line.amount === amount.toFixed(2) && (line.kind === "sale" || line.kind === "authorization"));
export const liveOf = async (stage: Stage, amount: number): Promise<readonly LedgerLine[]> => (await salesOf(stage, amount)).filter((line) => line.state === "live");

/** Waits until the request's main transaction has one of `states`. */
export const reaches = (stage: Stage, requestId: string, states: readonly number[], ms = 15_000): Promise<readonly Row[]> => eventually(async () => {
  const rows = await transactions(stage, requestId);
  return states.includes(statusOf(rows)) ? rows : undefined;
}, ms).catch(async (error: unknown) => { throw new Error(`${String(error)}: status ${await statusNow(stage, requestId)}, wanted ${states.join(" or ")}`); });

export const appears = (stage: Stage, requestId: string): Promise<true> => eventually(async () => ((await transactions(stage, requestId)).length > 0 ? true : undefined));
export const isCharged = (stage: Stage, amount: number): Promise<true> => eventually(async () => ((await liveOf(stage, amount)).length > 0 ? true : undefined));

/** The process ends as when the power goes: nothing is flushed, nothing said. */
export async function kill(relay: RelayProcess): Promise<void> {
  process.kill(relay.pid, "SIGKILL");
  await relay.stop();
}

/** Moves the business clock on, in steps in which looks can happen, until the main transaction has one of `states`. */
export async function passTime(stage: Stage, requestId: string, input: { readonly step: string; readonly times: number; readonly until: readonly number[] }): Promise<readonly Row[]> {
  for (let count = 0; count < input.times; count++) {
    await stage.clock.advance(input.step);
    await delay(700);
    if (input.until.includes(await statusNow(stage, requestId))) return transactions(stage, requestId);
  }
  throw new Error(`after ${input.times} times ${input.step} the status is ${await statusNow(stage, requestId)}`);
}

/** Longer than a lease and a sweep. */
const TAKEN_OVER_MS = 3_000;

/** Lets as much time pass as the rules may want: minutes at first, then hours, until the payment has ended. */
export async function passUntilEnded(stage: Stage, requestId: string): Promise<void> {
  const until: readonly number[] = [STATUS.approved, STATUS.refused, STATUS.absent, STATUS.undone, STATUS.expired];
  // Time that leaps while a lease of the dead still runs makes overdue what its successor would have carried out in time.
  for (let ms = 0; ms < TAKEN_OVER_MS; ms += 100) {
    if (until.includes(await statusNow(stage, requestId))) return;
    await delay(100);
  }
  // The fence is on the wire's clock: some eleven seconds of real time must pass before an empty look counts, and hours of business time between two of them.
  await passTime(stage, requestId, { step: "PT12M", times: 4, until }).catch(() => passTime(stage, requestId, { step: "PT4H", times: 30, until }));
}

export async function clearFaults(stage: Stage): Promise<void> {
  for (const url of [stage.dataverse.httpUrl, stage.cybersource.browserUrl]) await fetch(`${url}/_sandbox/faults`, { method: "DELETE" });
}

/**
 * The oracle: approved in Dataverse means exactly one live sale in Cybersource, with the same id, and a payment captured to the cent;
 * anything else means that nothing of this amount is live.
 */
export async function expectAgreement(stage: Stage, requestId: string, amount: number): Promise<void> {
  const main = mainOf(await transactions(stage, requestId));
  const live = await liveOf(stage, amount);
  const isApproved = main["cybs_status"] === CHOICE + STATUS.approved;
  expect(live.map((line) => line.id)).toEqual(isApproved ? [main["cybs_requestid"]] : []);
  const payment = (await stage.rows("cybs_payment")).find((row) => row["cybs_paymentid"] === main["cybs_paymentid"]);
  expect(payment?.["cybs_capturedamount"] ?? 0).toBe(isApproved ? amount : 0);
}
