// Which columns of a row are not what a change would write. Owner and customer may be changed by others: rows follow their documents,
// and customers are merged. Times are compared to the second, as Dataverse keeps them.
import { paymentMethodTable, paymentTable } from "@cybs/schema";
import type { Change } from "./write-batch.ts";

const BIND = "@odata.bind";
/** A story that has gone on since it was written; told anew with each write. */
const TRAIL: string = paymentTable.columns.trail;
const ELSEWHERE = /^(ownerid|cybs_CustomerId_(account|contact))$/;
/** Of a saved card only what a payment would use; its last four and its expiry are renewed at its network. */
const card = paymentMethodTable.columns;
const CARD_COLUMNS: readonly string[] = [card.tmsCustomerId, card.paymentInstrumentId, card.instrumentIdentifierId, card.brand, card.firstNetworkTransactionId];
const isCard = (change: Change): boolean => change.path.startsWith(`${paymentMethodTable.entitySetName}(`);

/** The columns as a read names them, by the body's names. */
function comparable(change: Change): readonly { readonly name: string; readonly column: string }[] {
  return Object.keys(change.body).flatMap((name) => {
    const lookup = name.endsWith(BIND) ? name.slice(0, -BIND.length) : undefined;
    if (lookup !== undefined && ELSEWHERE.test(lookup)) return [];
    if (name === TRAIL) return [];
    if (isCard(change) && !CARD_COLUMNS.includes(name)) return [];
    return [{ name, column: lookup === undefined ? name : `_${lookup.toLowerCase()}_value` }];
  });
}

export const selectOf = (change: Change): string => [...comparable(change).map(({ column }) => column), ...(isCard(change) ? [card.state] : [])].join(",");

/** `row` when it is gone. */
export function differingColumns(change: Change, standing: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  if (standing === undefined) return ["row"];
  if (isCard(change) && standing[card.state] === paymentMethodTable.choices.state.removed) return [];
  return comparable(change).filter(({ name, column }) => !isSame(change.body[name], standing[column], name.endsWith(BIND))).map(({ column }) => column);
}

const isAbsent = (value: unknown): boolean => value === null || value === undefined || value === "";
const INSTANT = /^\d{4}-\d\d-\d\dT/;
const toSecond = (text: string): number => Math.floor(Date.parse(text) / 1000);

function isSame(wanted: unknown, found: unknown, isLookup: boolean): boolean {
  if (isAbsent(wanted) || isAbsent(found)) return isAbsent(wanted) && isAbsent(found);
  if (typeof wanted === "number") return Number(found) === wanted;
  if (typeof wanted === "boolean") return found === wanted;
  const [left, right] = [String(wanted), String(found)];
  if (isLookup) return /\(([^)]+)\)$/.exec(left)?.[1]?.toLowerCase() === right.toLowerCase();
  return INSTANT.test(left) && INSTANT.test(right) ? toSecond(left) === toSecond(right) : left === right;
}
