// Who may give money back (MoneyOutGate): reads limits, the row and its bulk run before the lock, then judges under it, so that two refunds at
// once are judged one after the other. A frozen request is booked against its author's and its customer's limits from then on.
import { checkBulkLine, type BulkRun } from "../domain/bulk/plan.ts";
import type { ChangeCommand } from "../domain/payment/command.ts";
import { deriveSums } from "../domain/payment/derive-sums.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { CUSTOMER_WINDOW_MS, judgeRefund, type MoneyOut, type RefundVerdict } from "../domain/refund-governance/judge-refund.ts";
import { limitFor } from "../domain/refund-governance/refund-limit.ts";
import { handsOn } from "../domain/refund-governance/refund-request.ts";
import { startOfDay } from "../domain/refund-governance/spent.ts";
import type { Instant } from "../domain/time.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import type { RefundGround, Surroundings } from "../ports/surroundings.ts";
import { isOfRelay } from "./by-relay.ts";
import type { FlowDeps, MoneyOutGate, MoneyOutVerdict } from "./deps.ts";

export interface GateDeps extends Pick<FlowDeps, "clocks" | "hasher"> {
  readonly surroundings: Pick<Surroundings, "readRefundGround" | "readBulkRun">;
}

/** The gate of a relay with refund governance. Later rows that bring money in pass; lines of a bulk run are checked against their plan. */
export const governRefunds = (deps: GateDeps): MoneyOutGate => ({
  async prepare({ intent, command }) {
    const { organizationId } = intent;
    const bulk = command.bulkRunId === undefined ? undefined : await deps.surroundings.readBulkRun({ organizationId, bulkRunId: command.bulkRunId });
    if (bulk?.kind === "unavailable") return bulk;
    const ground = command.table === "refundrequest" ? await deps.surroundings.readRefundGround({ organizationId, refundRequestId: command.commandId }) : undefined;
    if (ground?.kind === "unavailable") return ground;
    return { kind: "prepared", judge: (current, tx) => judge(deps, { current, command, bulk: bulk === undefined ? undefined : bulk.run ?? "none", ground }, tx) };
  },
  async prepareAgain({ intent: { organizationId }, command, ground: known }) {
    const ground = known ?? (command.table === "refundrequest" ? await deps.surroundings.readRefundGround({ organizationId, refundRequestId: command.commandId }) : undefined);
    if (ground?.kind === "unavailable") return ground;
    return { kind: "prepared", judge: (current, tx) => judgeAgain(deps, { current, command, ground }, tx) };
  },
});

interface Case {
  readonly current: Intent;
  readonly command: ChangeCommand;
  readonly bulk: BulkRun | "none" | undefined;
  readonly ground: RefundGround | { readonly kind: "request_not_found" } | undefined;
}

async function judge(deps: GateDeps, given: Case, tx: LedgerTransaction): Promise<MoneyOutVerdict> {
  const { command, current, ground } = given;
  const changed = bulkRefusal(deps, given);
  if (changed !== undefined) return { kind: "refused", reason: changed };
  if (ground === undefined) return { kind: "go" };
  if (ground.kind === "request_not_found") return { kind: "refused", reason: "request_withdrawn" };
  const { organizationId } = current;
  const customerId = current.command?.customer.id ?? "";
  await tx.surroundings.lockBooks(organizationId, [`author ${command.author.userId}`, `customer ${customerId}`]);
  const verdict = await verdictOf(deps, { current, command, ground, customerId }, tx);
  if (verdict.kind !== "refused") {
    await tx.surroundings.bookRefund({
      organizationId, refundRequestId: command.commandId, authorId: command.author.userId, customerId, currency: command.amount.currency,
      minor: kindOf(command, current) === "release" ? 0n : command.amount.minor, at: deps.clocks.business(), hands: handsOn(ground.row),
    });
  }
  return verdict.kind === "go" && isOfRelay(ground) ? { kind: "go", isByRelay: true } : verdict;
}

/** It is booked already: what was asked for after it does not count against it, and the days of its limits are those of its booking. */
async function judgeAgain(deps: GateDeps, { command, current, ground }: Omit<Case, "bulk">, tx: LedgerTransaction): Promise<MoneyOutVerdict> {
  if (ground === undefined) return { kind: "go" };
  if (ground.kind === "request_not_found") return { kind: "refused", reason: "request_withdrawn" };
  const booked = await tx.surroundings.bookedRefund(current.organizationId, command.commandId);
  return verdictOf(deps, { current, command, ground, customerId: current.command?.customer.id ?? "", bookedAt: booked?.at }, tx);
}

function bulkRefusal(deps: GateDeps, { command, current, bulk }: Case): string | undefined {
  if (bulk === undefined) return undefined;
  if (bulk === "none") return "bulk_plan_changed";
  // A claim is a change of the payment, too: the command's own, and those that came after it and are not decided, have changed nothing that was previewed.
  const own = current.effects.findIndex((effect) => effect.commandId === command.commandId);
  const undecided = own < 0 ? 0 : current.effects.slice(own).filter((effect) => effect.commandId !== undefined && effect.state === "claiming").length;
  const checked = checkBulkLine(bulk, {
    action: command.table === "refundrequest" ? "refund" : "capture", line: command.bulkLine, paymentId: current.paymentId, revision: current.revision - undecided,
    minor: command.amount.minor, currency: command.amount.currency, hashOf: deps.hasher.sha256Hex,
  });
  return checked.ok ? undefined : checked.error;
}

/** Giving back by policy where nothing was captured is letting go of a hold. */
function kindOf(command: ChangeCommand, current: Intent): MoneyOut {
  if (command.action === "credit") return "credit";
  const isHold = command.action === "authorization_reversal" || (command.action === "give_back" && deriveSums(current).captured === 0n);
  return isHold ? "release" : "give_back";
}

interface Judged { readonly current: Intent; readonly command: ChangeCommand; readonly ground: RefundGround; readonly customerId: string; readonly bookedAt?: Instant | undefined }

async function verdictOf(deps: GateDeps, given: Judged, tx: LedgerTransaction): Promise<RefundVerdict> {
  const { current, command, ground, customerId, bookedAt } = given;
  const { organizationId } = current;
  const at = bookedAt ?? deps.clocks.business();
  const account = current.command?.merchantAccount;
  // A payment keeps the account that it was made with; whether credits are given is asked of the one that stands there today.
  const today = ground.merchantAccounts.find((one) => one.merchantAccountId === account?.merchantAccountId);
  const spent = { organizationId, currency: command.amount.currency, except: command.commandId, until: bookedAt };
  const [byAuthorTodayMinor, toCustomerMinor, hasPaidWith] = await Promise.all([
    tx.surroundings.spentMinor({ ...spent, authorId: command.author.userId, since: startOfDay(at, account?.timeZone) }),
    tx.surroundings.spentMinor({ ...spent, customerId, since: at - CUSTOMER_WINDOW_MS }),
    command.savedCard === undefined ? false : tx.surroundings.hasPaidWith({ organizationId, customerId, paymentInstrumentId: command.savedCard.paymentInstrumentId }),
  ]);
  return judgeRefund({
    request: { amount: command.amount, reasonCode: command.reasonCode, author: command.author }, kind: kindOf(command, current),
    limit: limitFor({ limits: ground.limits, businessUnits: ground.businessUnits, userId: command.author.userId, businessUnitId: ground.authorUnitId, currency: command.amount.currency }),
    spent: { byAuthorTodayMinor, toCustomerMinor }, freeMinor: undefined, isUnderDispute: current.isDisputed === true,
    credit: { isAllowed: account?.creditPolicy === "allowed" && today?.creditPolicy === "allowed", isAble: account?.abilities.standaloneCredit === true && today?.abilities.standaloneCredit === true, hasPaidWith },
    isOwnBusinessEvent: isOfRelay(ground),
  });
}
