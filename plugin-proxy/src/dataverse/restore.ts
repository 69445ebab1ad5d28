// Puts the rows of a payment right where they are not what the ledger says. Read, compared with exactly what a projection would write, and
// written only where they differ, over the version that was read: what somebody else writes meanwhile is seen in the next sweep.
import { paymentMethodTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { z } from "zod";
import type { PaymentProjection } from "../domain/payment/project.ts";
import type { Dataverse, Unavailable } from "../ports/dataverse.ts";
import { differingColumns, selectOf } from "./differing-columns.ts";
import { writeOnce, type ProjectDeps } from "./project.ts";
import { toBatch } from "./projection-batch.ts";
import { errorOf } from "./read-batch.ts";
import { partOf, refusedPart } from "./read-request.ts";
import { collectionOf } from "./rows/column-kinds.ts";
import type { Change } from "./write-batch.ts";
import type { Guard } from "./write-guard.ts";

type Standing = Readonly<Record<string, unknown>>;
const UNTOUCHED: Guard = { kind: "guard", payment: undefined, transaction: undefined, paymentMethod: undefined };
const WITHOUT_OUTCOME: readonly unknown[] = [paymentTransactionTable.choices.status.inProgress, paymentTransactionTable.choices.status.unknown];

export const restore = (deps: ProjectDeps): Dataverse["restore"] => async ({ organizationId, projection, isCurrent }) => {
  const wanted = changesOf(projection);
  const rows = await readRows(deps, organizationId, wanted);
  if ("kind" in rows) return rows;
  const different = wanted.flatMap((change, index) => differingColumns(change, rows.standing[index]).map((column) => ({ change, column })));
  const columns = [...new Set(different.map(({ column }) => column))];
  if (columns.length === 0) return { kind: "same" };
  // Asked after the versions were read, over which it is written: a later projection is either seen here or moves them.
  if (!await isCurrent()) return { kind: "unavailable", cause: "the payment moved meanwhile" };
  // A ledger that has not found out yet may not take back what people have read: its own look comes first.
  const main = rows.standing[wanted.findIndex((change) => tableOf(change) === paymentTransactionTable.entitySetName)];
  if (projection.transactions[0]?.status === "unknown" && main !== undefined && !WITHOUT_OUTCOME.includes(main[paymentTransactionTable.columns.status])) return { kind: "left", columns };
  const isMethodDifferent = different.some(({ change }) => tableOf(change) === paymentMethodTable.entitySetName);
  const guard = guardOf(wanted, rows.standing);
  const written = await writeOnce(deps, isMethodDifferent ? projection : { ...projection, paymentMethod: undefined }, guard, projection.owner);
  if (written.kind === "unavailable") return written;
  if (written.kind === "written") return { kind: "restored", columns };
  return written.part.status === 412 ? { kind: "unavailable", cause: "somebody wrote the same rows meanwhile" } : { kind: "rejected", code: errorOf(written.part).code };
};

/** A projection's own changes of our tables; the document's columns are a convenience and not compared. */
function changesOf(projection: PaymentProjection): readonly Change[] {
  const [set] = toBatch(projection, UNTOUCHED, undefined).operations;
  return set?.kind === "change_set" ? set.changes : [];
}

const tableOf = (change: Change): string => change.path.replace(/\(.*$/, "");
const idOf = (change: Change): string => /\(([^)]+)\)/.exec(change.path)?.[1] ?? "";
const PRIMARY: Readonly<Record<string, string>> = Object.fromEntries([paymentTable, paymentTransactionTable, paymentMethodTable].map((table) => [table.entitySetName, table.primaryId]));

async function readRows(deps: ProjectDeps, organizationId: PaymentProjection["organizationId"], wanted: readonly Change[]): Promise<{ readonly standing: readonly (Standing | undefined)[] } | Unavailable> {
  const answer = await deps.transport.batch(organizationId, wanted.map((change) => ({ kind: "read", path: `${tableOf(change)}?$select=${selectOf(change)}&$filter=${PRIMARY[tableOf(change)] ?? ""} eq ${idOf(change)}` })));
  if (answer.kind === "unavailable") return answer;
  const parts = answer.results.map(partOf);
  const failed = parts.find((part) => part?.status !== 200);
  if (failed !== undefined || parts.length < wanted.length) return refusedPart("rows to compare", failed);
  return { standing: parts.map((part) => Rows.safeParse(part?.body).data?.value[0]) };
}
const Rows = collectionOf(z.record(z.string(), z.unknown()));

/** Over what was read; what is gone is made anew. A removed card is never compared, so never written. */
function guardOf(wanted: readonly Change[], standing: readonly (Standing | undefined)[]): Guard {
  const of = (table: string): "create" | { readonly etag: string } | undefined => {
    const index = wanted.findIndex((change) => tableOf(change) === table);
    if (index === -1) return undefined;
    const etag = standing[index]?.["@odata.etag"];
    return typeof etag === "string" ? { etag } : "create";
  };
  const payment = of(paymentTable.entitySetName);
  return { kind: "guard", payment, transaction: payment === undefined ? of(paymentTransactionTable.entitySetName) : undefined, paymentMethod: of(paymentMethodTable.entitySetName) };
}
