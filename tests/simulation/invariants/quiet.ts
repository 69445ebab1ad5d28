// Invariants 9 to 13, once everything is quiet: each intent has exactly the live money that its row states and no orphan hold; ledger, Cybersource
// and Dataverse agree row by row and in sums; no reservation is left without a reason; every unknown is owned; the ledger's sums balance.
import { isWholeCapture } from "../../../plugin-proxy/src/domain/payment/decide-change.ts";
import { deriveSums, exposureOf } from "../../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { mainEffect, type Intent } from "../../../plugin-proxy/src/domain/payment/intent.ts";
import { asText, referenceId, type Row } from "../../sandbox/dataverse/store/rows.ts";
import { intentKey } from "../ledger-host.ts";
import { isOrphanHold, liveMoneyOf, transactionsOf } from "../live-money.ts";
import { minorOfNumber, minorOfTenThousandths } from "../money.ts";
import type { Neighbourhood } from "../neighbours.ts";
import type { World } from "../world.ts";
import { checkEffects } from "./effects.ts";
import { STATUS, statusOf } from "./told.ts";

const COUNTS: ReadonlySet<number> = new Set([STATUS.approved, STATUS.review, STATUS.partial]);

/** Every invariant of the quiet, for every intent that anybody ever had. */
export function checkQuiet(world: World): void {
  const keys = new Set([...world.history.planned.values()].map((one) => one.intent));
  for (const key of keys) checkIntent(world, key);
  for (const intent of world.ledgerHost.intents.values()) checkLedger(world, intent);
  checkReservations(world, world.ledgerHost.tables?.documents.entries().map(([key, document]): [string, bigint] => [key, document.takenMinor]));
}

const hoodOf = (world: World, key: string): Neighbourhood | undefined => world.neighbours.find((one) => key.startsWith(one.organizationId));

function checkIntent(world: World, key: string): void {
  const hood = hoodOf(world, key);
  if (hood === undefined) return;
  const { store } = hood.dataverse.organization;
  const rows = store.pointingAt("cybs_paymenttransaction", "cybs_paymentrequestid", key.split(" ")[1] ?? "");
  const main = rows.find((row) => (row["cybs_parentid"] ?? null) === null);
  const live = liveMoneyOf(world, key);
  if (main === undefined) {
    if (live.length > 0) world.fail(9, `request ${key}: ${live[0]?.id ?? ""} is live and no row says so`);
    return;
  }
  const status = statusOf(main);
  if (status === STATUS.unknown || status === STATUS.inProgress) { checkOwned(world, key, status); return; }
  const intent = world.ledgerHost.intents.get(key);
  if (intent !== undefined && isStillAsked(intent)) {
    if (!waitsForReport(intent)) checkOwned(world, key, STATUS.unknown);
    return;
  }
  const id = asText(main["cybs_requestid"]);
  const shown = COUNTS.has(status) && !isBeforeAuthorization(hood, id) ? [id] : [];
  if (!isSame(live.map((one) => one.id), shown)) world.fail(9, `request ${key}: status ${status} with [${shown.join()}], live at Cybersource: [${live.map((one) => one.id).join()}]`);
  for (const one of transactionsOf(world, hood.cybersource.state, key)) if (isOrphanHold(one) && !isPersonsTask(world, key)) world.fail(9, `request ${key}: ${one.kind} ${one.id} still holds the cardholder's money`);
  checkAmounts(world, { key, main, payment: store.get("cybs_payment", referenceId(main["cybs_paymentid"]) ?? ""), live });
}

/** Held for review before anything was authorized: a review, and no money. */
const isBeforeAuthorization = (hood: Neighbourhood, id: string): boolean => { const one = hood.cybersource.state.transactions.get(id); return one?.review === "case" && !one.isLive; };

/** Something of it has no answer: its sums are somebody's question, not yet an answer. */
const isStillAsked = (intent: Intent): boolean => intent.effects.some((effect) => effect.state === "unknown");
/** A part that may have been captured is proved absent by its day's batch report, or asked about on day 7 (recovery rules §5); that comes after the run's end. */
const waitsForReport = (intent: Intent): boolean => intent.effects.every((effect) => effect.state !== "unknown" || (effect.kind === "capture" && !isWholeCapture(intent, effect)));

const isSame = (left: readonly string[], right: readonly string[]): boolean => left.length === right.length && [...left].sort().every((id, index) => id === [...right].sort()[index]);

function checkAmounts(world: World, { key, main, payment, live }: { readonly key: string; readonly main: Row; readonly payment: Row | undefined; readonly live: ReturnType<typeof liveMoneyOf> }): void {
  const [one] = live;
  if (one === undefined || payment === undefined) {
    if (one !== undefined) world.fail(10, `request ${key}: ${one.id} is live without a payment row`);
    return;
  }
  const isAsItWas = world.ledgerHost.intents.get(key)?.effects.length === 1;
  if (isAsItWas && minorOfNumber(main["cybs_amount"], one.currency) !== one.authorized) world.fail(9, `request ${key}: the row says ${JSON.stringify(main["cybs_amount"])}, Cybersource has ${one.authorized} minor units`);
  const shown = minorOfNumber(payment["cybs_capturedamount"], one.currency);
  if (shown !== one.captured) world.fail(10, `request ${key}: payment row shows ${shown} captured, Cybersource ${one.captured}`);
  const given = minorOfNumber(payment["cybs_refundedamount"], one.currency);
  const back = one.refunded + creditedOf(world, key);
  if (given !== back) world.fail(10, `request ${key}: payment row shows ${given} given back, Cybersource ${back}`);
  if (minorOfNumber(payment["cybs_authorizedamount"], one.currency) - minorOfNumber(payment["cybs_reversedamount"], one.currency) !== one.authorized) world.fail(10, `request ${key}: payment row shows ${JSON.stringify(payment["cybs_authorizedamount"])} authorized, Cybersource ${one.authorized}`);
}

/** What went to the customer without naming the payment. */
const creditedOf = (world: World, key: string): bigint => transactionsOf(world, hoodOf(world, key)?.cybersource.state, key)
  .filter((one) => one.kind === "credit" && one.isLive && !one.isVoided).reduce((sum, one) => sum + minorOfTenThousandths(one.amount, one.currency), 0n);

/** Somebody was told by name that this waits for him. */
function isPersonsTask(world: World, key: string): boolean {
  const intent = world.ledgerHost.intents.get(key);
  return intent?.effects.some((effect) => effect.undoes !== undefined && effect.state === "refused") === true || world.ledgerHost.incidents().some((incident) => intentKey(incident) === key);
}

function checkOwned(world: World, key: string, status: number): void {
  if (!isPersonsTask(world, key)) world.fail(12, `request ${key}: status ${status} after everything was quiet, and nobody owns it`);
}

function checkLedger(world: World, intent: Intent): void {
  const key = intentKey(intent);
  const hood = hoodOf(world, key);
  const row = hood?.dataverse.organization.store.get("cybs_paymenttransaction", mainEffect(intent).effectId);
  const main = mainEffect(intent);
  // An unknown is somebody's by name, or breaks invariant 12; what waits for it behind it is not known either.
  if (main.state === "claiming" || main.state === "unknown" || isStillAsked(intent)) return;
  const live = liveMoneyOf(world, key).reduce((sum, one) => sum + one.authorized, 0n);
  const sums = deriveSums(intent);
  const counted = sums.authorized - sums.reversed;
  if (sums.authorized > 0n && !wasAuthorized(hood, world, key)) world.fail(10, `request ${key}: the ledger has ${sums.authorized} authorized in all, Cybersource never authorized anything`);
  if (counted !== live) world.fail(10, `request ${key}: the ledger has ${counted} (${main.state}), Cybersource ${live}`);
  if (row === undefined) world.fail(10, `request ${key}: the ledger says ${main.state}, Dataverse has no row`);
  else if (statusOf(row) !== STATUS_OF[main.state]) world.fail(10, `request ${key}: the ledger says ${main.state}, Dataverse ${statusOf(row)}`);
  checkEffects(world, intent, STATUS_OF);
  // The journal of a payment: what was authorized is captured, released, given up or still open.
  if (sums.captured + sums.reversed > sums.authorized || sums.refunded > sums.captured) world.fail(13, `request ${key}: authorized ${sums.authorized}, captured ${sums.captured}, reversed ${sums.reversed}, given back ${sums.refunded}`);
}

/** Once, whatever became of it. */
const wasAuthorized = (hood: Neighbourhood | undefined, world: World, key: string): boolean =>
  hood !== undefined && transactionsOf(world, hood.cybersource.state, key).some((one) => one.asCreated.authorized > 0n);

const STATUS_OF: Readonly<Record<string, number>> = {
  claiming: STATUS.inProgress, awaiting_approval: STATUS.inProgress, queued: STATUS.inProgress, planned: STATUS.inProgress, sent: STATUS.inProgress, unknown: STATUS.unknown, approved: STATUS.approved, review: STATUS.review,
  partial: STATUS.partial, declined: STATUS.declined, refused: STATUS.refused, absent: STATUS.absent, undone: STATUS.undone, expired: STATUS.expired, withdrawn: STATUS.withdrawn,
};

/**
 * What documents have reserved is what their intents take, and an intent that takes something has something. `reserved`: minor units by organization, kind
 * and document, a line each. A real database's are read once it is at rest.
 */
export function checkReservations(world: World, reserved: readonly (readonly [string, bigint])[] = []): void {
  const taken = new Map<string, bigint>();
  for (const intent of world.ledgerHost.intents.values()) {
    if (intent.command === undefined) continue;
    const { organizationId, command: { document } } = intent;
    const key = [organizationId, document.kind, document.id].join("\n");
    taken.set(key, (taken.get(key) ?? 0n) + exposureOf(intent));
    const isHeld = mainEffect(intent).holds || mainEffect(intent).state === "unknown";
    if (exposureOf(intent) > 0n && liveMoneyOf(world, intentKey(intent)).length === 0 && !isHeld) world.fail(11, `request ${intentKey(intent)}: ${exposureOf(intent)} reserved in state ${mainEffect(intent).state} and nothing there`);
  }
  for (const [key, minor] of reserved) {
    if (minor !== (taken.get(key) ?? 0n)) world.fail(11, `document ${key.replaceAll("\n", " ")}: ${minor} reserved, its payments take ${taken.get(key) ?? 0n}`);
  }
}
