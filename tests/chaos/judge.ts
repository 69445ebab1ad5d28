// The oracle: Cybersource's own ledger against Dataverse's rows, request by request. Nothing lost, nothing twice, and everything at rest.
import { setTimeout as delay } from "node:timers/promises";
import { CHOICE, statusOf, type LedgerLine, type Row, type Stage } from "../support/stage.ts";
import type { Taken } from "./load.ts";

const STATUS_WORDS = ["in progress", "approved", "review", "partial", "declined", "refused", "unknown", "absent", "undone", "expired", "withdrawn"];

export interface Verdict {
  readonly payments: number;
  /** How many ended how. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What contradicts: one sentence each; empty is what is wanted. */
  readonly faults: readonly string[];
  readonly quietAfterMs: number;
}

const isMain = (row: Row): boolean => (row["cybs_parentid"] ?? null) === null;

async function look(stage: Stage): Promise<ReadonlyMap<unknown, readonly Row[]>> {
  const byRequest = new Map<unknown, Row[]>();
  for (const row of await stage.rows("cybs_paymenttransaction")) byRequest.set(row["cybs_paymentrequestid"], [...byRequest.get(row["cybs_paymentrequestid"]) ?? [], row]);
  return byRequest;
}

const isEnded = (rows: readonly Row[] | undefined): boolean => rows?.find(isMain)?.["cybs_isfinal"] === true && rows.every((row) => row["cybs_isfinal"] === true);

/**
 * Waits for rest, at most `msMax`: first as things are, then with the business clock moved on, because looks for an unknown payment lie minutes
 * and hours apart. Then compares.
 */
export async function judge(stage: Stage, taken: readonly Taken[], msMax: number): Promise<Verdict> {
  const from = Date.now();
  let open: readonly Taken[] = taken;
  for (let turns = 0; Date.now() - from < msMax; turns++) {
    const rows = await look(stage);
    open = taken.filter(({ id }) => !isEnded(rows.get(id)));
    if (open.length === 0) break;
    // What is not even looked at yet is given its time; validity ends after fifteen minutes of business time.
    const isOnlyUnknown = open.every(({ id }) => rows.has(id) && [6, 2, 3].includes(statusOf(rows.get(id) ?? [])));
    if (isOnlyUnknown || turns > 12) await stage.clock.advance(turns < 20 ? "PT12M" : "PT4H");
    await delay(1_200);
  }
  const quietAfterMs = Date.now() - from;
  const rows = await look(stage);
  const lines = await stage.ledger();
  const outcomes: Record<string, number> = {};
  const faults = open.map(({ id, amount }) => `request ${id} over ${amount.toFixed(2)} is not at rest: ${describe(rows.get(id))}`);
  for (const one of taken) {
    const own = rows.get(one.id) ?? [];
    const word = own.length === 0 ? "never seen" : STATUS_WORDS[statusOf(own)] ?? "no status";
    outcomes[word] = (outcomes[word] ?? 0) + 1;
    faults.push(...contradictions(one, own, lines));
  }
  return { payments: taken.length, outcomes, faults, quietAfterMs };
}

const describe = (rows: readonly Row[] | undefined): string => (rows === undefined ? "no row" : rows.map((row) => STATUS_WORDS[Number(row["cybs_status"]) - CHOICE]).join(", "));

/** Approved: exactly one live sale, that one. Anything else: nothing live. Never two executed where the row tells of one. */
function contradictions({ id, amount }: Taken, rows: readonly Row[], lines: readonly LedgerLine[]): readonly string[] {
  const live = lines.filter((line) => line.amount === amount.toFixed(2) && (line.kind === "sale" || line.kind === "authorization") && line.state === "live");
  const main = rows.find(isMain);
  const wanted = main !== undefined && statusOf(rows) === 1 ? [main["cybs_requestid"]] : [];
  const found = live.map((line) => line.id);
  return JSON.stringify(found) === JSON.stringify(wanted) ? [] : [`request ${id} over ${amount.toFixed(2)} is ${describe(rows)}: live at Cybersource ${JSON.stringify(found)}, told ${JSON.stringify(wanted)}`];
}
