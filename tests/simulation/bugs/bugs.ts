// The planted bugs: each is a mistake that somebody has made in a payment system, and each must break an invariant within a thousand seeds.
import { mainEffect } from "../../../plugin-proxy/src/domain/payment/intent.ts";
import { asRequestId, asMerchantReference, type OrganizationId } from "../../../plugin-proxy/src/domain/ids.ts";
import type { Money } from "../../../plugin-proxy/src/domain/money.ts";
import type { EffectState } from "../../../plugin-proxy/src/domain/payment/effect.ts";
import type { Instant } from "../../../plugin-proxy/src/domain/time.ts";
import type { LedgerTransaction, NamedPayment } from "../../../plugin-proxy/src/ports/ledger.ts";
import type { GatewayAnswer } from "../../../plugin-proxy/src/ports/gateway.ts";
import type { PaymentProjection } from "../../../plugin-proxy/src/domain/payment/project.ts";
import { changedCalls, changedDataverse, changedGateway, changedSend, changedTransactions, misdecided, misread, nextAttemptOf, sentAgain, withMain, type Planted } from "./plant.ts";

const declined: GatewayAnswer = { kind: "declined", facts: { requestId: asRequestId("0000000000000000000000") }, reason: "PROCESSOR_DECLINED", holds: false, blocksInstrument: false };
const refused: GatewayAnswer = { kind: "refused", reason: "SYSTEM_ERROR", isTransient: false, needsLook: false };

/** An older projection of a payment comes after a newer one, and is written over it. */
function outOfOrder(): Planted {
  const first = new Map<string, PaymentProjection>();
  return changedDataverse((dataverse) => ({
    project: async (query) => {
      const answer = await dataverse.project(query);
      const key = `${query.organizationId} ${query.projection.paymentRequestId}`;
      const older = first.get(key);
      if (older === undefined) { first.set(key, query.projection); return answer; }
      first.delete(key);
      await dataverse.project({ ...query, projection: { ...older, revision: query.projection.revision } });
      return answer;
    },
  }));
}

/** A transaction under our reference is taken for ours whatever its amount: what was asked for is put in its place. */
function amountNotCompared(): Planted {
  const asked = new Map<string, Money>();
  return changedGateway((gateway) => ({
    sign: (call) => { if ("amount" in call) asked.set(call.merchantReference, call.amount); return gateway.sign(call); },
    look: async (query) => {
      const answer = await gateway.look(query);
      return answer.kind === "looked" ? { ...answer, found: answer.found.map((one) => ({ ...one, amount: asked.get(one.merchantReference) ?? one.amount })) } : answer;
    },
  }));
}

const TOLD_BY: Readonly<Record<string, EffectState>> = {
  "payments.authorization.status.accepted": "approved", "payments.authorization.status.rejected": "declined", "payments.void.status.accepted": "undone", "payments.reversal.status.accepted": "undone",
};

/** What a notification says is what the payment is from now on, whichever came before it. */
async function believe(tx: LedgerTransaction, organizationId: OrganizationId, named: NamedPayment, at: Instant): Promise<void> {
  const state = TOLD_BY[named.kind];
  const paymentRequestId = await tx.findByReference(organizationId, named.merchantReference);
  const intent = paymentRequestId === undefined ? undefined : await tx.loadIntent(organizationId, paymentRequestId);
  if (state === undefined || intent === undefined) return;
  const main = mainEffect(intent);
  if (main.state === "claiming" || main.state === state) return;
  const facts = main.facts ?? (named.requestId === undefined ? undefined : { requestId: asRequestId(named.requestId), amount: main.amount, isCaptured: main.kind === "sale" });
  await tx.saveIntent(intent, { ...withMain(intent, { state, facts, nextLookAt: undefined }), revision: intent.revision + 1 });
  await tx.schedule({ kind: "project", organizationId, key: intent.paymentRequestId, dueAt: at });
}

/** One that remembers something is planted anew for each seed. */
export const BUGS: Readonly<Record<string, Planted | (() => Planted)>> = {
  "no write-ahead": changedGateway((gateway) => ({ sign: async (call) => { const signed = await gateway.sign(call); const answer = signed.send(); return { ...signed, send: () => answer }; } })),
  "resend on timeout": changedSend(async (signed, again) => { const answer = await signed.send(); return answer.kind === "unknown" && answer.event === "no_answer" ? (await again()).send() : answer; }),
  "502 read as declined": misread((answer) => (answer.kind === "unknown" && /502|TIMEOUT|SYSTEM_ERROR/.test(answer.cause) ? declined : answer)),
  "empty search read as absent": misdecided((after) => (mainEffect(after).state === "unknown" && mainEffect(after).looks.emptyCount > 0 ? withMain(after, { state: "absent", nextLookAt: undefined }) : after)),
  "refused reversal read as absent": misdecided((after) => (mainEffect(after).state === "unknown" && after.effects.some((effect) => effect.targetTransactionId !== undefined && (effect.state === "refused" || effect.state === "unknown")) ? withMain(after, { state: "absent", nextLookAt: undefined }) : after)),
  "reservation freed on unknown": changedTransactions((tx) => ({ lockDocument: async (query) => (await tx.lockDocument({ ...query, limitMinor: query.limitMinor * 9n })).filter((claim) => !claim.isUnknown) })),
  "lock per payment instead of document": changedTransactions((tx) => ({ lockDocument: async (query) => { await tx.lockDocument({ ...query, limitMinor: query.limitMinor * 9n }); return []; } })),
  "sent not compare-and-set": changedTransactions((tx) => ({
    loadIntent: async (organizationId, paymentRequestId) => {
      const intent = await tx.loadIntent(organizationId, paymentRequestId);
      return intent !== undefined && mainEffect(intent).state === "sent" ? withMain(intent, { state: "planned" }) : intent;
    },
    saveIntent: async (before, after, options) => {
      const stored = await tx.loadIntent(before.organizationId, before.paymentRequestId);
      await tx.saveIntent(stored ?? before, { ...after, revision: (stored ?? before).revision + 1 }, options);
    },
  })),
  "paused worker without fence": changedGateway((gateway, deps) => ({ sign: async (call) => ({ signatureExpiresAt: deps.clocks.wire() + deps.settings.signatureLifeMs, send: async () => (await gateway.sign(call)).send() }) })),
  "attempt id reused": changedCalls((call) => ({ ...call, merchantReference: asMerchantReference(call.merchantReference.replace(/\d+$/, "1")) })),
  "adopting without comparing the amount": amountNotCompared,
  "partial capture sent again": sentAgain("capture"),
  "increment repeated": sentAgain("incremental_authorization"),
  "refund repeated after the cut-off": sentAgain("refund"),
  "approval not bound to the amount": changedDataverse((dataverse, surroundings) => ({
    readSweep: async (query) => {
      const { decided, ...others } = await dataverse.readSweep(query);
      if (decided.kind !== "read") return { ...others, decided };
      const approvals = await Promise.all(decided.approvals.map(async (approval) => {
        const ground = await surroundings.readRefundGround({ organizationId: query.organizationId, refundRequestId: approval.refundRequestId });
        return ground.kind === "read" ? { ...approval, amount: ground.row.amount } : approval;
      }));
      return { ...others, decided: { ...decided, approvals } };
    },
  })),
  "author taken from createdby of a flow": changedDataverse((dataverse) => ({
    readAndClaim: async (query) => {
      const answer = await dataverse.readAndClaim(query);
      return answer.kind === "read_refund" ? { ...answer, row: { ...answer.row, author: { ...answer.row.author, isInteractivePerson: true } } } : answer;
    },
  })),
  // Survives where nothing is executed and answered 429 (strictness failsAfterExecution).
  "429 sent again without a search": misdecided((after) => {
    const main = mainEffect(after);
    return main.state === "unknown" && main.refusal?.reason === "TOO_MANY_REQUESTS" && main.attempts.length === 1 ? nextAttemptOf(after, main) : after;
  }),
  "soft decline counted as captured": misread((answer, call) => (answer.kind === "review" && answer.reviewKind === "soft_decline" && call.kind === "sale" ? { kind: "approved", facts: { ...answer.facts, reviewKind: undefined, isCaptured: true } } : answer)),
  "review reversed blindly": misread((answer, call) => (call.kind === "case_decision" || (call.kind === "authorization_reversal" && answer.kind === "refused") ? { kind: "approved", facts: { requestId: call.parentRequestId } } : answer)),
  "risk decline not reversed": misread((answer) => (answer.kind === "declined" && answer.holds ? { ...answer, holds: false } : answer)),
  "void without releasing the hold": misdecided((after) => ({ ...after, effects: after.effects.map((effect) => (effect.reason === "hold_after_void" && effect.state === "planned" ? { ...effect, state: "withdrawn" as const } : effect.state === "undone" ? { ...effect, holds: false } : effect)) })),
  "webhook order trusted": changedTransactions((tx) => ({
    takeDelivery: async (query) => {
      const isNew = await tx.takeDelivery(query);
      if (isNew && query.names !== undefined) await believe(tx, query.organizationId, query.names, query.at);
      return isNew;
    },
  })),
  "outbox out of order": outOfOrder,
  "another organization's credentials": changedCalls((call, deps) => { const other = [...deps.organizations.values()].find((one) => one.organizationId !== call.binding.organizationId)?.merchants[0]; return other === undefined ? call : { ...call, binding: other }; }),
  "empty ledger executing claimed rows": changedDataverse((dataverse) => ({ readAndClaim: async (query) => { const answer = await dataverse.readAndClaim(query); return answer.kind === "read" && answer.claim === "foreign" ? { ...answer, claim: "own" } : answer; } })),
  "exception after sent read as failed": misread((answer) => (answer.kind === "unknown" && answer.event === "unreadable" ? refused : answer)),
};
