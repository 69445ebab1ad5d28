// States: which pairs go together, how an order is closed, what is read-only then.
// Sources: facts of the tables' state options; ParentReadOnly, CannotUpdateBecauseItIsReadOnly and InvalidStateCodeStatusCode of the public error codes.
import { DataverseError } from "../errors.ts";
import type { Organization } from "../organization.ts";
import type { Table } from "../metadata/model.ts";
import { asText, type Row } from "../store/rows.ts";
import type { Change, RuleContext } from "./change.ts";

const CLOSED: Readonly<Record<string, ReadonlySet<number>>> = { salesorder: new Set([2, 3, 4]), invoice: new Set([1, 2, 3]), quote: new Set([1, 2, 3]), opportunity: new Set([1, 2]) };
const SUBMITTED = 1;

/** Orders that are canceled, fulfilled or invoiced, invoices that are paid or canceled, quotes once active and closed opportunities take no change but of their state. */
export function isReadOnly(organization: Organization, tableName: string, row: Row): boolean {
  const state = row["statecode"];
  if (tableName === "salesorder" && state === SUBMITTED) return organization.switches.submittedOrdersAreReadOnly;
  return typeof state === "number" && CLOSED[tableName]?.has(state) === true;
}

const isOnlyState = (changed: readonly string[]): boolean => changed.length > 0 && changed.every((name) => name === "statecode" || name === "statuscode");

export function assertWritable({ organization, byPlatform }: RuleContext, { table, before, changed = [] }: Change): void {
  if (before === undefined || byPlatform === true || isOnlyState(changed)) return;
  if (isReadOnly(organization, table.name, before)) throw new DataverseError(400, "0x8004022e", "The object cannot be updated because it is read-only.");
}

const ACTIONS: Readonly<Record<number, { readonly label: string; readonly message: string }>> = { 2: { label: "Canceled", message: "CancelSalesOrderRequest" }, 3: { label: "Fulfilled", message: "FulfillSalesOrderRequest" } };

function assertByAction({ organization, byPlatform }: RuleContext, { table, before, row, changed = [] }: Change): void {
  const action = ACTIONS[Number(row["statecode"])];
  if (byPlatform === true || table.name !== "salesorder" || !organization.switches.ordersCloseByActionOnly || !changed.includes("statecode") || action === undefined || before?.["statecode"] === row["statecode"]) return;
  throw new DataverseError(400, "0x80040203", `This message can not be used to set the state of SalesOrder to ${action.label}. In order to set state of SalesOrder to ${action.label}, use the ${action.message} Request message instead.`);
}

const defaultStatus = (table: Table, state: unknown): number | undefined => {
  const options = table.columns.get("statuscode")?.options?.filter((option) => option.state === state);
  return options?.map((option) => option.value).sort((left, right) => left - right)[0];
};

/** A state without a status takes the state's first one; a status of another state is refused. A row is created in its first state. */
export function settleState(context: RuleContext, change: Change): void {
  const { table, before, row, changed } = change;
  if (changed === undefined || !table.columns.has("statecode") || (!changed.includes("statecode") && !changed.includes("statuscode"))) return;
  if (before !== undefined) assertByAction(context, change);
  if (!changed.includes("statuscode")) row["statuscode"] = defaultStatus(table, row["statecode"]) ?? row["statuscode"] ?? null;
  const option = table.columns.get("statuscode")?.options?.find((one) => one.value === row["statuscode"]);
  if (option?.state === undefined || option.state === row["statecode"]) return;
  throw new DataverseError(400, "0x80048408", `${asText(row["statuscode"])} is not a valid status code for state code ${table.name}State.${asText(row["statecode"])} on ${table.name} with Id ${asText(row[table.id])}.`);
}
