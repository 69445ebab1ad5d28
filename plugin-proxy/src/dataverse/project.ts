// Writes a projection. Normally one `$batch`; a read comes before it only when the guess about what stands there was wrong, and a second
// owner only when Dataverse refuses the first. Everything is an upsert by derived keys, so repeating it gives the same rows.
import type { PaymentProjection } from "../domain/payment/project.ts";
import type { Dataverse, ProjectAnswer, Unavailable } from "../ports/dataverse.ts";
import type { DataverseNote } from "./connection.ts";
import { defaultTeamOf } from "./default-team.ts";
import { etagOf, type KnownVersions } from "./known-versions.ts";
import { withColumn, type OptionalColumn } from "./optional-columns.ts";
import { toBatch, unwritableAmount, type ProjectionBatch } from "./projection-batch.ts";
import { errorOf, type OperationResult, type Part } from "./read-batch.ts";
import { refusedPart } from "./read-request.ts";
import { requestOwnerOf } from "./request-owner.ts";
import type { Owner } from "./rows/write-values.ts";
import type { Transport } from "./transport.ts";
import { guardedRowId, guessGuard, readGuard, type Guard, type GuardAnswer } from "./write-guard.ts";

export interface ProjectDeps {
  readonly transport: Transport;
  readonly versions: KnownVersions;
  readonly trail: OptionalColumn;
  readonly log: (note: DataverseNote) => void;
}

/** What one write came to. */
type Written = { readonly kind: "written" } | { readonly kind: "refused"; readonly part: Part } | Unavailable;

/** Others may write between our read and our write; more often than this in a row, somebody else is at it. */
const ROUNDS_MAX = 4;

export const project = (deps: ProjectDeps): Dataverse["project"] => async ({ organizationId, projection }): Promise<ProjectAnswer> => {
  const tooLong = unwritableAmount(projection);
  if (tooLong !== undefined) return { kind: "rejected", code: "amount_too_long", message: `an amount in ${tooLong.currency} has more than 15 digits` };
  const first = projection.owner ?? await requestOwnerOf(deps.transport, projection);
  if (first?.kind === "unavailable") return first;
  let owner: Owner | undefined = first;
  let guard: GuardAnswer = guessGuard(projection, deps.versions) ?? await readGuard(deps.transport, projection);
  let refused: Part | undefined;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (guard.kind === "unavailable") return guard;
    if (guard.kind === "newer_stands") {
      deps.log({ what: "newer_stands", organizationId, cause: `revision ${projection.revision}` });
      return { kind: "written" };
    }
    if (guard.kind === "ahead") return guard;
    const answer = await writeOnce(deps, projection, guard, owner);
    if (answer.kind !== "refused") return answer;
    refused = answer.part;
    if (refused.status >= 500) return refusedPart("projection", refused);
    if (isAnotherVersion(refused)) {
      forget(deps, projection);
      guard = await readGuard(deps.transport, projection);
    } else {
      if (owner === undefined || owner !== first || !mayBeOwner(refused)) break;
      const next = await defaultTeamOf(deps.transport, projection);
      // Without a document there is no unit to ask: the answer stays the relay's own.
      if (next === undefined && projection.payment !== undefined) break;
      deps.log({ what: "owner_fallback", organizationId, cause: errorOf(refused).code });
      owner = next;
    }
  }
  if (refused === undefined || isAnotherVersion(refused)) return { kind: "unavailable", cause: "others keep writing the same rows" };
  return { kind: "rejected", ...errorOf(refused) };
};

/** 412: the version moved, or the row was made meanwhile. 404 with a condition: the row is gone. */
const isAnotherVersion = (part: Part): boolean => part.status === 412 || (part.status === 404 && errorOf(part).code.toLowerCase() === "0x80040217");

/** A disabled owner is refused with 400 or 403, one without privileges with 403; Dataverse has no one code for it. */
const mayBeOwner = (part: Part): boolean => part.status === 400 || part.status === 403;

function forget(deps: ProjectDeps, projection: PaymentProjection): void {
  for (const rowId of [guardedRowId(projection), projection.paymentMethod?.paymentMethodId]) {
    if (rowId !== undefined) deps.versions.remember(rowId, undefined);
  }
}

/** One batch, whatever comes of it; a second one where the solution is older and has no place for what happened: money is shown all the same. */
export async function writeOnce(deps: ProjectDeps, projection: PaymentProjection, guard: Guard, owner: Owner | undefined): Promise<Written> {
  return withColumn(deps.trail, projection.organizationId, (hasTrail) => writeBatch(deps, hasTrail ? projection : { ...projection, trail: undefined }, guard, owner), (written) => (written.kind === "refused" ? written.part : undefined));
}

async function writeBatch(deps: ProjectDeps, projection: PaymentProjection, guard: Guard, owner: Owner | undefined): Promise<Written> {
  const batch = toBatch(projection, guard, owner);
  const answer = await deps.transport.batch(projection.organizationId, batch.operations);
  if (answer.kind === "unavailable") return answer;
  const [rows, document] = answer.results;
  if (rows === undefined) return { kind: "unavailable", cause: "the batch was answered without its change set" };
  if (rows.kind === "part") return { kind: "refused", part: rows.part };
  rememberVersions(deps.versions, projection, batch, rows);
  if (document?.kind === "part" && document.part.status >= 300) {
    // A closed order is read-only: its columns are a convenience, the payment's own rows are the truth.
    deps.log({ what: "document_not_written", organizationId: projection.organizationId, cause: `${document.part.status} ${errorOf(document.part).code}` });
  }
  return { kind: "written" };
}

function rememberVersions(versions: KnownVersions, projection: PaymentProjection, batch: ProjectionBatch, rows: Extract<OperationResult, { kind: "committed" }>): void {
  const rowId = guardedRowId(projection);
  if (rowId !== undefined) versions.remember(rowId, etagOf(rows.parts[batch.guardedIndex]), projection.revision);
  const method = projection.paymentMethod;
  if (method !== undefined && batch.paymentMethodIndex !== undefined) versions.remember(method.paymentMethodId, etagOf(rows.parts[batch.paymentMethodIndex]));
}
