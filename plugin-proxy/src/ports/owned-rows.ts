// Rows that only the relay writes. A system administrator can change anything (design D6): what he did is found by change tracking and written over.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { CommandTable } from "../domain/payment/command.ts";

export const OWNED_TABLES = ["payment", "transaction", "payment_method", "allocation", "credit_memo"] as const;
export type OwnedTable = (typeof OWNED_TABLES)[number];

/** Where each table's reading stopped; absent: it was never read. */
export type Positions = Readonly<Partial<Record<OwnedTable, string>>>;

export interface ForeignEdit {
  readonly table: OwnedTable;
  readonly rowId: string;
  readonly isDeleted: boolean;
}
/** A request row whose transaction this relay's user wrote on a payment, now or as a ledger that is lost. */
export interface WrittenCommand {
  readonly table: CommandTable;
  readonly paymentRequestId: PaymentRequestId;
  readonly paymentId: string;
}
/** A payment as this relay's user wrote it last: a ledger that knows an earlier revision has gone back to a backup. */
export interface ShownPayment {
  readonly paymentId: string;
  readonly revision: number;
}
export interface ForeignEdits {
  readonly kind: "read";
  readonly shown: readonly ShownPayment[];
  readonly written: readonly WrittenCommand[];
  /** Last changed by somebody else than this relay's user, or gone. */
  readonly edits: readonly ForeignEdit[];
  readonly positions: Positions;
}
/** `columns`: what stood otherwise, or `row` for a row that was gone. `left`: not yet ours to decide. */
export type RestoreAnswer =
  | { readonly kind: "same" }
  | { readonly kind: "restored" | "left"; readonly columns: readonly string[] }
  | { readonly kind: "rejected"; readonly code: string };

/** The ledger's side; a member of every transaction. */
export interface OwnedRowsLedger {
  positions(organizationId: OrganizationId): Promise<Positions>;
  keepPositions(organizationId: OrganizationId, positions: Positions): Promise<void>;
  /** Notes which payment a row follows whose id cannot be found in it. */
  noteRows(query: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId; readonly rowIds: readonly string[] }): Promise<void>;
  /** Those of `written` that this ledger has never met, on payments that it knows. */
  unknownOf(organizationId: OrganizationId, written: readonly WrittenCommand[]): Promise<readonly WrittenCommand[]>;
  /** Those of `shown` of which this ledger knows an earlier revision only. */
  behindOf(organizationId: OrganizationId, shown: readonly ShownPayment[]): Promise<readonly { readonly paymentRequestId: PaymentRequestId; readonly revision: number }[]>;
  paymentOfRow(organizationId: OrganizationId, rowId: string): Promise<PaymentRequestId | undefined>;
}
