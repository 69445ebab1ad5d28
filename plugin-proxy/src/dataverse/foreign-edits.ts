// What others changed in our tables, by change tracking: the first answer holds every row and a delta link, the link what was created, changed
// and deleted since (learn.microsoft.com/power-apps/developer/data-platform/use-change-tracking-synchronize-data-external-systems). A link lives for
// seven days; one that has ended is answered with an error, and the table is read anew.
import { creditMemoTable, paymentAllocationTable, paymentMethodTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { z } from "zod";
import { asPaymentRequestId } from "../domain/ids.ts";
import { OWNED_TABLES, type ForeignEdit, type ForeignEdits, type OwnedTable, type Positions, type ShownPayment, type WrittenCommand } from "../ports/owned-rows.ts";
import { errorOf, type Part } from "./read-batch.ts";
import { refusedPart, unavailable } from "./read-request.ts";
import type { Question } from "./question.ts";
import { collectionOf, guidColumn, textColumn, wholeColumn } from "./rows/column-kinds.ts";
import { pathOfLink } from "./turn-pages.ts";

const TABLES: Readonly<Record<OwnedTable, { readonly entitySetName: string; readonly primaryId: string }>> = {
  payment: paymentTable, transaction: paymentTransactionTable, payment_method: paymentMethodTable, allocation: paymentAllocationTable, credit_memo: creditMemoTable,
};
const MODIFIED_BY = "_modifiedby_value";
const PAGE_SIZE = 1_000;
/** Version stamp expired: error of a delta link that is too old. */
const EXPIRED = "0x80044352";
const WhoAmI = z.object({ UserId: z.guid() });

export const foreignEdits = (positions: Positions): Question<ForeignEdits> => ({
  reads: [{ kind: "read", path: "WhoAmI()" }, ...OWNED_TABLES.map((table) => ({ kind: "read", path: positions[table] ?? startOf(table), pageSize: PAGE_SIZE, tracksChanges: true } as const))],
  said: ([who, ...parts]) => {
    const me = WhoAmI.safeParse(who?.body).data?.UserId.toLowerCase();
    if (me === undefined) return refusedPart("who am I", who);
    const edits: ForeignEdit[] = [];
    const written: WrittenCommand[] = [];
    const shown: ShownPayment[] = [];
    const next: Partial<Record<OwnedTable, string>> = {};
    for (const [index, table] of OWNED_TABLES.entries()) {
      const part = parts[index];
      // Nothing after a failed part is executed: the others keep their places until the next sweep.
      if (part === undefined) break;
      const read = readPart(part, table, me);
      if (read === "expired") next[table] = startOf(table);
      else if (read === undefined) return part.status === 200 ? unavailable("changes are not of the shape asked for") : refusedPart(`changes of ${table}`, part);
      else { edits.push(...read.edits); written.push(...read.written); shown.push(...read.shown); next[table] = read.next; }
    }
    return { kind: "read", edits, written, shown, positions: next };
  },
});

/** A link keeps the columns that it was begun with: one from before these were asked for tells of edits only. */
const { paymentId, paymentRequestId, refundRequestId } = paymentTransactionTable.lookupValues;
const startOf = (table: OwnedTable): string => `${TABLES[table].entitySetName}?$select=${[MODIFIED_BY, ...(ASKED[table] ?? [])].join(",")}`;

const ASKED: Readonly<Partial<Record<OwnedTable, readonly string[]>>> = { transaction: [paymentId, paymentRequestId, refundRequestId], payment: [paymentTable.columns.revision] };

const COMMAND = { [paymentId]: guidColumn, [paymentRequestId]: guidColumn, [refundRequestId]: guidColumn } as const;
const REVISION = { [paymentTable.columns.revision]: wholeColumn } as const;
const Deleted = z.object({ id: z.guid(), reason: z.string() });
const Link = z.object({ "@odata.deltaLink": textColumn, "@odata.nextLink": textColumn });
// Built once: a shape costs many times what it reads, and every sweep reads five answers.
const changesOf = (table: OwnedTable) => collectionOf(z.union([Deleted, z.object({ [TABLES[table].primaryId]: z.guid(), [MODIFIED_BY]: guidColumn, ...COMMAND, ...REVISION })])).and(Link);
const CHANGES: Readonly<Record<OwnedTable, ReturnType<typeof changesOf>>> = {
  payment: changesOf("payment"), transaction: changesOf("transaction"), payment_method: changesOf("payment_method"), allocation: changesOf("allocation"), credit_memo: changesOf("credit_memo"),
};

function readPart(part: Part, table: OwnedTable, me: string): { readonly edits: readonly ForeignEdit[]; readonly written: readonly WrittenCommand[]; readonly shown: readonly ShownPayment[]; readonly next: string } | "expired" | undefined {
  if (part.status !== 200) return errorOf(part).code.toLowerCase() === EXPIRED ? "expired" : undefined;
  const { primaryId } = TABLES[table];
  const parsed = CHANGES[table].safeParse(part.body);
  const next = parsed.success ? pathOfLink(parsed.data["@odata.nextLink"] ?? parsed.data["@odata.deltaLink"]) : undefined;
  if (!parsed.success || next === undefined) return undefined;
  const edits = parsed.data.value.flatMap((row): readonly ForeignEdit[] => {
    const values = row as Values;
    if (values["reason"] !== undefined) return [{ table, rowId: (values["id"] ?? "").toLowerCase(), isDeleted: true }];
    return values[MODIFIED_BY] === me ? [] : [{ table, rowId: (values[primaryId] ?? "").toLowerCase(), isDeleted: false }];
  });
  const written = table !== "transaction" ? [] : parsed.data.value.flatMap((row) => toWritten(row as Values, me));
  const shown = table !== "payment" ? [] : parsed.data.value.flatMap((row) => toShown(row, me));
  return { edits, written, shown, next };
}

type Values = Readonly<Record<string, string | undefined>>;

function toShown(row: Readonly<Record<string, unknown>>, me: string): readonly ShownPayment[] {
  const id = row[paymentTable.primaryId];
  const revision = row[paymentTable.columns.revision];
  return row[MODIFIED_BY] === me && typeof id === "string" && typeof revision === "number" ? [{ paymentId: id.toLowerCase(), revision }] : [];
}

function toWritten(row: Values, me: string): readonly WrittenCommand[] {
  const payment = row[paymentId];
  const request = row[refundRequestId] ?? row[paymentRequestId];
  if (row[MODIFIED_BY] !== me || payment === undefined || request === undefined) return [];
  return [{ table: row[refundRequestId] === undefined ? "paymentrequest" : "refundrequest", paymentRequestId: asPaymentRequestId(request), paymentId: payment }];
}
