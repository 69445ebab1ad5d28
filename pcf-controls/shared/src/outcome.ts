// What became of a request row: its transactions, read again and again until the relay calls them final or the control is gone.
import { paymentTransactionTable } from "@cybs/schema";
import { numberOf, textOf, type Row } from "./context.ts";
import { moneyOf } from "./payment-facts.ts";
import { readRows } from "./rows.ts";

export interface Effect { readonly id: string; readonly type: number; readonly status: number; readonly amount: bigint | undefined; readonly reason: string | undefined; readonly agentText: string | undefined; readonly customerText: string | undefined; readonly occurredOn: string | undefined; readonly nextLookOn: string | undefined; readonly isFinal: boolean }
export type OutcomeKind = "asking" | "waiting" | "queued" | "approved" | "partly" | "declined" | "unknown" | "review" | "withdrawn";
export interface Outcome { readonly kind: OutcomeKind; readonly effects: readonly Effect[]; readonly isFinal: boolean }
/** The column of cybs_paymenttransaction that names the request, and the request. */
export interface Asked { readonly column: string; readonly id: string; readonly currency: string }

const { columns, choices, primaryId, logicalName } = paymentTransactionTable;
const { status: STATUS } = choices;
const EFFECTS_MAX = 50;
const POLL_MS = [500, 700, 1_000, 1_500, 2_000, 3_000, 5_000];
/** The relay's reason while a second person has to agree. */
export const APPROVAL_NEEDED = "awaiting_approval";
/** The relay's reason while a refund waits for the day's batch to close: nobody has to do anything, and it takes hours. */
export const BATCH_AWAITED = "partial_waits_for_batch";
const IN_PROGRESS: Readonly<Record<string, OutcomeKind | undefined>> = { [APPROVAL_NEEDED]: "waiting", [BATCH_AWAITED]: "queued" };

export function effectOf(row: Row, currency: string): Effect {
  return {
    id: textOf(row, primaryId) ?? "", type: (numberOf(row, columns.type) ?? choices.type.undetermined) - choices.type.undetermined, status: numberOf(row, columns.status) ?? STATUS.inProgress,
    amount: numberOf(row, columns.amount) === undefined ? undefined : moneyOf(row, columns.amount, currency), reason: textOf(row, columns.reason), agentText: textOf(row, columns.agentText), customerText: textOf(row, columns.customerText),
    occurredOn: textOf(row, columns.occurredOn), nextLookOn: textOf(row, columns.nextLookOn), isFinal: row[columns.isFinal] === true,
  };
}

const KIND: Readonly<Record<number, OutcomeKind | undefined>> = {
  [STATUS.approved]: "approved", [STATUS.partial]: "review", [STATUS.review]: "review", [STATUS.unknown]: "unknown", [STATUS.declined]: "declined", [STATUS.refused]: "declined", [STATUS.absent]: "declined",
  [STATUS.undone]: "declined", [STATUS.expired]: "withdrawn", [STATUS.withdrawn]: "withdrawn",
};

/** One word for all effects of a request. What is unknown outweighs what is known; a part that succeeded is said. */
export function outcomeOf(effects: readonly Effect[]): Outcome {
  const isFinal = effects.length > 0 && effects.every((effect) => effect.isFinal);
  const kinds = effects.map((effect) => (effect.status === STATUS.inProgress ? IN_PROGRESS[effect.reason ?? ""] ?? "asking" : KIND[effect.status] ?? "unknown"));
  const has = (kind: OutcomeKind): boolean => kinds.includes(kind);
  const found: OutcomeKind = effects.length === 0 ? "asking" : has("unknown") ? "unknown" : has("waiting") ? "waiting" : has("queued") ? "queued" : has("asking") ? "asking" : has("review") ? "review" : has("approved") ? (has("declined") ? "partly" : "approved") : has("declined") ? "declined" : "withdrawn";
  return { kind: found, effects, isFinal };
}

export async function readOutcome(api: ComponentFramework.WebApi, asked: Asked): Promise<Outcome> {
  const wanted = [columns.type, columns.status, columns.amount, columns.reason, columns.agentText, columns.customerText, columns.occurredOn, columns.nextLookOn, columns.isFinal].join(",");
  const rows = await readRows(api, logicalName, `?$select=${wanted}&$filter=${asked.column} eq ${asked.id}&$orderby=createdon asc&$top=${EFFECTS_MAX}`);
  return outcomeOf(rows.map((row) => effectOf(row, asked.currency)));
}

export interface Watch { stop(): void }

/** Tells every change; ends with the final one. An error of reading is only a missed turn. */
export function watchOutcome(api: () => ComponentFramework.WebApi, asked: Asked, tell: (outcome: Outcome) => void): Watch {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  const turn = async (tries: number): Promise<void> => {
    const outcome = await readOutcome(api(), asked).catch(() => undefined);
    if (isStopped) return;
    if (outcome !== undefined) tell(outcome);
    if (outcome?.isFinal !== true) timer = setTimeout(() => { void turn(tries + 1); }, POLL_MS[Math.min(tries, POLL_MS.length - 1)]);
  };
  timer = setTimeout(() => { void turn(1); }, POLL_MS[0]);
  return { stop: () => { isStopped = true; clearTimeout(timer); } };
}
