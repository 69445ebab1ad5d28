// Microsoft.Dynamics.CRM.* in $filter, and the same questions as operators of FetchXML: time, users, ranges, sets, hierarchies.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/queryfunctions
import { badRequest } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import type { Caller, Organization } from "../organization.ts";
import { isReference, type Row, type Value } from "../store/rows.ts";
import { isInFiscalPeriod, PERIODS, startOfDay } from "./periods.ts";

export type Scalar = string | number | boolean | null;
/** Who asks, where and when. */
export interface Asker { readonly organization: Organization; readonly caller: Caller; readonly now: number }
/** One value of one row, with what it is compared with. */
export interface Question { readonly value: Scalar; readonly values: readonly string[]; readonly table: Table; readonly row: Row; readonly column: string }
type Test = (question: Question, asker: Asker) => boolean;

const DAY_MS = 86_400_000;
const ENGLISH = 1033;
const DEPTH_MAX = 100;

export function sameText(value: Scalar, wanted: string): boolean {
  if (value === null) return false;
  if (typeof value === "number") return value === Number(wanted);
  if (typeof value === "boolean") return value === (wanted === "1" || wanted.toLowerCase() === "true");
  return value.toLowerCase() === wanted.toLowerCase().replace(/^\{([0-9a-f-]{36})\}$/, "$1");
}

/** Sign of value − wanted: numbers as numbers, dates as instants, other text in order. */
export function orderText(value: Scalar, wanted: string): number {
  if (typeof value === "number") return Math.sign(value - Number(wanted));
  const [one, other] = [String(value), wanted].map((text) => (/^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN));
  if (one !== undefined && other !== undefined && !Number.isNaN(one) && !Number.isNaN(other)) return Math.sign(one - other);
  return String(value).toLowerCase() < wanted.toLowerCase() ? -1 : String(value).toLowerCase() > wanted.toLowerCase() ? 1 : 0;
}

const HIERARCHIES: Readonly<Record<string, string>> = { account: "parentaccountid", businessunit: "parentbusinessunitid", systemuser: "parentsystemuserid", product: "parentproductid" };

/** The rows above this one, nearest first. */
function above({ organization }: Asker, table: Table, row: Row): readonly string[] {
  const column = HIERARCHIES[table.name] ?? "";
  const found: string[] = [];
  let parent: Value = row[column];
  while (isReference(parent) && found.length < DEPTH_MAX && !found.includes(parent.id)) {
    found.push(parent.id);
    parent = organization.store.get(table.name, parent.id)?.[column];
  }
  return found;
}

const id = (values: readonly string[]): string => (values[0] ?? "").toLowerCase().replace(/[{}]/g, "");
const isUnder: Test = ({ table, row, values }, asker) => above(asker, table, row).includes(id(values));
const isAbove: Test = ({ table, value, values }, asker) => {
  const other = asker.organization.store.get(table.name, id(values));
  return other !== undefined && above(asker, table, other).includes(String(value));
};
/** The user himself, those he manages, and, when asked for, his teams. */
function isOfHierarchy(value: Scalar, asker: Asker, withTeams: boolean): boolean {
  const owner = String(value);
  if (owner === asker.caller.userId || (withTeams && asker.caller.teams.has(owner))) return true;
  const table = asker.organization.model.table("systemuser");
  const user = asker.organization.store.get("systemuser", owner);
  return user !== undefined && above(asker, table, user).includes(asker.caller.userId);
}

const at = (value: Scalar): number => Date.parse(String(value));
const dayOf = (text: string | undefined): number => startOfDay(Date.parse(text ?? ""));
const isIn: Test = ({ value, values }) => values.some((one) => sameText(value, one));
const isBetween: Test = ({ value, values }) => orderText(value, values[0] ?? "") >= 0 && orderText(value, values[1] ?? "") <= 0;

/** Those that a null never satisfies. */
const NOT_NULL: Readonly<Record<string, Test>> = {
  ...Object.fromEntries(Object.entries(PERIODS).map(([name, period]): [string, Test] => [name, ({ value, values }, { now }) => {
    const [from, before] = period(now, Number(values[0] ?? 0), Number(values[1] ?? 0));
    return at(value) >= from && at(value) < before;
  }])),
  InFiscalPeriod: ({ value, values }) => isInFiscalPeriod(at(value), Number(values[0])),
  On: ({ value, values }) => startOfDay(at(value)) === dayOf(values[0]), NotOn: ({ value, values }) => startOfDay(at(value)) !== dayOf(values[0]),
  OnOrAfter: ({ value, values }) => at(value) >= dayOf(values[0]), OnOrBefore: ({ value, values }) => at(value) < dayOf(values[0]) + DAY_MS,
  In: isIn, ContainValues: isIn, Between: isBetween, NotBetween: (question, asker) => !isBetween(question, asker),
  Contains: ({ value, values }) => String(value).toLowerCase().includes((values[0] ?? "").toLowerCase()),
  EqualUserId: ({ value }, { caller }) => value === caller.userId, EqualUserTeams: ({ value }, { caller }) => caller.teams.has(String(value)), EqualUserOrUserTeams: ({ value }, { caller }) => value === caller.userId || caller.teams.has(String(value)),
  EqualUserOrUserHierarchy: ({ value }, asker) => isOfHierarchy(value, asker, false), EqualUserOrUserHierarchyAndTeams: ({ value }, asker) => isOfHierarchy(value, asker, true),
  EqualBusinessId: ({ value }, { caller }) => value === caller.businessUnitId, EqualUserLanguage: ({ value }) => value === ENGLISH,
  Under: isUnder, UnderOrEqual: (question, asker) => question.value === id(question.values) || isUnder(question, asker), Above: isAbove, AboveOrEqual: (question, asker) => question.value === id(question.values) || isAbove(question, asker),
};
const NULL_TOO: Readonly<Record<string, Test>> = {
  NotIn: (question, asker) => !isIn(question, asker), DoesNotContainValues: (question, asker) => !isIn(question, asker), NotUnder: (question, asker) => !isUnder(question, asker),
  NotEqualUserId: ({ value }, { caller }) => value !== caller.userId, NotEqualBusinessId: ({ value }, { caller }) => value !== caller.businessUnitId,
};

const COUNTS: Readonly<Record<string, number>> = { Between: 2, NotBetween: 2, InFiscalPeriodAndYear: 2, InOrBeforeFiscalPeriodAndYear: 2, InOrAfterFiscalPeriodAndYear: 2 };
const WITH_VALUE = new Set(["On", "NotOn", "OnOrAfter", "OnOrBefore", "Contains", "Under", "UnderOrEqual", "NotUnder", "Above", "AboveOrEqual", "In", "NotIn", "ContainValues", "DoesNotContainValues", "InFiscalYear", "InFiscalPeriod"]);
const COUNTED = /X(?:Minutes|Hours|Days|Weeks|Months|Years|FiscalYears|FiscalPeriods)$|^InFiscal|AndYear$/;
const DATED = new Set(["On", "NotOn", "OnOrAfter", "OnOrBefore"]);

export const isCrmFunction = (name: string): boolean => Object.hasOwn(NOT_NULL, name) || Object.hasOwn(NULL_TOO, name);

/** Why these values cannot be asked for, or undefined. */
export function complaint(name: string, values: readonly string[]): string | undefined {
  const needed = COUNTS[name] ?? (WITH_VALUE.has(name) || COUNTED.test(name) ? 1 : 0);
  if (values.length < needed) return `The function ${name} needs ${needed === 1 ? "a value" : `${needed} values`}.`;
  if (COUNTED.test(name) && values.some((value) => !/^\d{1,9}$/.test(value))) return `The value of ${name} must be a whole number.`;
  return DATED.has(name) && Number.isNaN(Date.parse(values[0] ?? "")) ? `The value '${values[0] ?? ""}' of ${name} is not a date.` : undefined;
}

/** Refuses what is no function before any row is looked at. */
export function checkFunction(name: string, values: readonly string[]): void {
  if (!isCrmFunction(name)) throw badRequest(`An unknown function with name 'Microsoft.Dynamics.CRM.${name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`);
  const wrong = complaint(name, values);
  if (wrong !== undefined) throw badRequest(wrong);
}

export function holdsFunction(name: string, question: Question, asker: Asker): boolean {
  const whatever = NULL_TOO[name];
  if (whatever !== undefined) return whatever(question, asker);
  return question.value !== null && NOT_NULL[name]?.(question, asker) === true;
}

export const askerOf = (context: { readonly organization: Organization; readonly caller: Caller }): Asker => ({ organization: context.organization, caller: context.caller, now: context.organization.clock.now().getTime() });
