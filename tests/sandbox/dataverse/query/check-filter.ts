// What a filter may not say, found before any row is looked at: unknown names, operands of different types, functions of the wrong type.
// Texts are those of Microsoft's OData library, which Dataverse passes on.
import { badRequest, noColumn } from "../errors.ts";
import type { Column, Table } from "../metadata/model.ts";
import type { Asker } from "./crm-functions.ts";
import { columnOf, functionColumn } from "./evaluate.ts";
import type { Filter, Literal, Operand } from "./filter-parser.ts";
import { collectionTable } from "./related.ts";

type Kind = Exclude<Literal, "Null">;
interface Variables { readonly table: Table; readonly named: ReadonlyMap<string, Table> }

const EDM: Readonly<Record<Kind, string>> = { String: "Edm.String", Guid: "Edm.Guid", Number: "Edm.Int32", Boolean: "Edm.Boolean", Date: "Edm.DateTimeOffset" };
const KINDS: Readonly<Record<string, string>> = { eq: "Equal", ne: "NotEqual", gt: "GreaterThan", ge: "GreaterThanOrEqual", lt: "LessThan", le: "LessThanOrEqual" };

function kindOf(column: Column | undefined): Kind {
  if (column === undefined) return "Number";
  if (column.targets !== undefined) return "Guid";
  switch (column.type) {
    case "Uniqueidentifier": return "Guid";
    case "String": case "Memo": return "String";
    case "Boolean": return "Boolean";
    case "DateTime": case "DateOnly": return "Date";
    default: return "Number";
  }
}

/** Follows a path to its column; throws for names that are none. */
function resolve(asker: Asker, variables: Variables, path: readonly string[], nameIn: typeof columnOf = columnOf): Column | undefined {
  const named = variables.named.get(path[0] ?? "");
  const names = named === undefined ? path : path.slice(1);
  let table = named ?? variables.table;
  for (const nav of names.slice(0, -1)) {
    const single = table.singles.get(nav);
    if (single === undefined) throw noColumn(table.name, nav);
    table = asker.organization.model.table(single.target === "principal" ? "systemuser" : single.target);
  }
  return table.columns.get(nameIn(table, names.at(-1) ?? ""));
}

const typeOf = (asker: Asker, variables: Variables, operand: Operand): Literal => (operand.kind === "value" ? operand.type : kindOf(resolve(asker, variables, operand.path)));

export function checkFilter(asker: Asker, table: Table, filter: Filter): void { check(asker, { table, named: new Map() }, filter); }

function check(asker: Asker, variables: Variables, filter: Filter): void {
  switch (filter.kind) {
    case "and": case "or": check(asker, variables, filter.left); check(asker, variables, filter.right); return;
    case "not": check(asker, variables, filter.filter); return;
    case "function": resolve(asker, variables, filter.path, functionColumn); return;
    case "text":
      if (typeOf(asker, variables, filter.operand) !== "String") throw badRequest(`No function signature for the function with name '${filter.name}' matches the specified arguments. The function signatures considered are: ${filter.name}(Edm.String Nullable=true, Edm.String Nullable=true).`);
      return;
    case "compare": {
      const [left, right] = [typeOf(asker, variables, filter.left), typeOf(asker, variables, filter.right)];
      if (left === "Null" || right === "Null" || left === right) return;
      throw badRequest(`A binary operator with incompatible types was detected. Found operand types '${EDM[left]}' and '${EDM[right]}' for operator kind '${KINDS[filter.operator] ?? ""}'.`);
    }
    case "lambda": checkLambda(asker, variables, filter);
  }
}

function checkLambda(asker: Asker, variables: Variables, filter: Extract<Filter, { kind: "lambda" }>): void {
  const named = variables.named.get(filter.path[0] ?? "");
  const names = named === undefined ? filter.path : filter.path.slice(1);
  let table = named ?? variables.table;
  for (const nav of names.slice(0, -1)) {
    const single = table.singles.get(nav);
    if (single === undefined || single.target === "principal") throw noColumn(table.name, nav);
    table = asker.organization.model.table(single.target);
  }
  const inner = collectionTable(asker, table, names.at(-1) ?? "");
  if (inner === undefined) throw noColumn(table.name, names.at(-1) ?? "");
  if (filter.name === "all" && filter.filter === undefined) throw badRequest("The 'all' operator needs a condition.");
  if (filter.filter !== undefined) check(asker, { table: variables.table, named: new Map([...variables.named, [filter.variable, inner]]) }, filter.filter);
}
