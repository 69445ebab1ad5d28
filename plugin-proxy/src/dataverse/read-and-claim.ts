// The claim: one `$batch` that reads the request and creates its first transaction row. The reads come first and nothing after a failed
// part is executed, so a request that is not there leaves no row behind. The row's key is the effect's id: of any number of relays one
// creates it, and the others are told "duplicate" (412, 0x80040237) and look whose ledger stands on it.
import type { EffectId, OrganizationId } from "../domain/ids.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { ClaimAnswer, Dataverse, Unavailable } from "../ports/dataverse.ts";
import { etagOf, type KnownVersions } from "./known-versions.ts";
import { errorOf } from "./read-batch.ts";
import { askWithReads, partOf, READS_COUNT, refusedPart, toReading, toRefundReading, unavailable, type Reading } from "./read-request.ts";
import { claimPath, fromClaim, toTransactionGuard, transactionGuardPath, type TransactionGuard } from "./rows/payment-transaction.ts";
import type { Transport } from "./transport.ts";
import type { Operation } from "./write-batch.ts";

type Claim = Extract<ClaimAnswer, { claim: string }>["claim"];
const DUPLICATE = new Set(["0x80040237", "0x80060892"]);

export const readAndClaim = (source: Reading, versions: KnownVersions): Dataverse["readAndClaim"] => async (query) => {
  const following: Operation[] = [
    { kind: "read", path: transactionGuardPath(query.effectId) },
    { kind: "change_set", changes: [{ method: "POST", path: claimPath, body: fromClaim(query), headers: { Prefer: "return=representation" } }] },
  ];
  const answer = await askWithReads(source, query, following);
  if (answer.kind === "unavailable") return answer;
  const reading = query.table === "refundrequest" ? toRefundReading(answer) : toReading(answer);
  if (reading.kind !== "read" && reading.kind !== "read_refund") return reading;
  const standing = toTransactionGuard(partOf(answer.results[READS_COUNT])?.body);
  if (standing === undefined) return refusedPart("claim row", partOf(answer.results[READS_COUNT]));
  if (standing !== "none") return { ...reading, claim: claimOf(standing, query) };
  const created = answer.results[READS_COUNT + 1];
  if (created?.kind === "committed") {
    versions.remember(query.effectId, etagOf(created.parts[0]));
    return { ...reading, claim: "created" };
  }
  const refused = partOf(created);
  if (refused?.status !== 412 || !DUPLICATE.has(errorOf(refused).code.toLowerCase())) return refusedPart("claim", refused);
  // Somebody created it between our read and our write.
  const claim = await whoseClaim(source.transport, query);
  return typeof claim === "string" ? { ...reading, claim } : claim;
};

/** A claim of ours that has gone further than this ledger remembers, or that it began at another moment, was made before it went back to a backup. */
function claimOf(standing: TransactionGuard, { ledgerId, claimedAt }: { readonly ledgerId: string; readonly claimedAt?: Instant | undefined }): Claim {
  const isOtherMoment = claimedAt !== undefined && standing.occurredOn !== undefined && Math.floor(standing.occurredOn / SECOND_MS) !== Math.floor(claimedAt / SECOND_MS);
  return standing.ledgerId === ledgerId && !standing.hasMovedOn && !isOtherMoment ? "own" : "foreign";
}

async function whoseClaim(transport: Transport, query: { readonly organizationId: OrganizationId; readonly effectId: EffectId; readonly ledgerId: string; readonly claimedAt?: Instant | undefined }): Promise<Claim | Unavailable> {
  const answer = await transport.batch(query.organizationId, [{ kind: "read", path: transactionGuardPath(query.effectId) }]);
  if (answer.kind === "unavailable") return answer;
  const standing = toTransactionGuard(partOf(answer.results[0])?.body);
  if (standing === undefined || standing === "none") return unavailable("claim refused as a duplicate that cannot be read");
  return claimOf(standing, query);
}
