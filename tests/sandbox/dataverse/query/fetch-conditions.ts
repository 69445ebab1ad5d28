// The conditions of FetchXML. Text compares without case; a null satisfies only what asks for null or for something else.
// Source: learn.microsoft.com/power-apps/developer/data-platform/fetchxml/reference/operators
import { DataverseError } from "../errors.ts";
import { complaint, holdsFunction, isCrmFunction, orderText as order, sameText as same, type Asker, type Question, type Scalar } from "./crm-functions.ts";

export interface Condition { readonly column: string; readonly operator: string; readonly value: string; readonly values: readonly string[] }

function like(value: Scalar, pattern: string): boolean {
  const expression = pattern.replace(/[.*+?^${}()|\\]/g, "\\$&").replaceAll("%", ".*").replaceAll("_", ".");
  try {
    return new RegExp(`^${expression}$`, "is").test(String(value));
  } catch {
    return String(value).toLowerCase() === pattern.toLowerCase();
  }
}

type Test = (value: Scalar, condition: Condition) => boolean;
const NULL_TOO: Readonly<Record<string, Test>> = {
  null: (value) => value === null, "not-null": (value) => value !== null, ne: (value, { value: wanted }) => !same(value, wanted), neq: (value, { value: wanted }) => !same(value, wanted),
  "not-like": (value, { value: wanted }) => value === null || !like(value, wanted), "not-begin-with": (value, { value: wanted }) => value === null || !like(value, `${wanted}%`), "not-end-with": (value, { value: wanted }) => value === null || !like(value, `%${wanted}`),
};
const NOT_NULL: Readonly<Record<string, Test>> = {
  eq: (value, { value: wanted }) => same(value, wanted),
  gt: (value, { value: wanted }) => order(value, wanted) > 0, ge: (value, { value: wanted }) => order(value, wanted) >= 0, lt: (value, { value: wanted }) => order(value, wanted) < 0, le: (value, { value: wanted }) => order(value, wanted) <= 0,
  like: (value, { value: wanted }) => like(value, wanted), "begins-with": (value, { value: wanted }) => like(value, `${wanted}%`), "ends-with": (value, { value: wanted }) => like(value, `%${wanted}`),
};

/** Operators that are a query function of the Web API under another name; the others follow from their words: last-x-days is LastXDays. */
const RENAMED: Readonly<Record<string, string>> = {
  "eq-userid": "EqualUserId", "ne-userid": "NotEqualUserId", "eq-businessid": "EqualBusinessId", "ne-businessid": "NotEqualBusinessId", "eq-userteams": "EqualUserTeams", "eq-useroruserteams": "EqualUserOrUserTeams",
  "eq-useroruserhierarchy": "EqualUserOrUserHierarchy", "eq-useroruserhierarchyandteams": "EqualUserOrUserHierarchyAndTeams", "eq-userlanguage": "EqualUserLanguage", "eq-or-above": "AboveOrEqual", "eq-or-under": "UnderOrEqual",
  "last-seven-days": "Last7Days", "next-seven-days": "Next7Days", "contain-values": "ContainValues", "not-contain-values": "DoesNotContainValues",
};
const functionOf = (operator: string): string => RENAMED[operator] ?? operator.replace(/^olderthan/, "older-than").split("-").map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join("");

/** Refuses operators that nobody knows and values that they cannot take, before any row is looked at. */
export function checkCondition({ operator, value, values }: Condition): void {
  if (Object.hasOwn(NULL_TOO, operator) || Object.hasOwn(NOT_NULL, operator)) return;
  const name = functionOf(operator);
  if (!isCrmFunction(name)) throw new DataverseError(400, "0x80040203", `Invalid condition operator: ${operator}.`);
  const wrong = complaint(name, argumentsOf(value, values));
  if (wrong !== undefined) throw new DataverseError(400, "0x80040203", wrong);
}

const argumentsOf = (value: string, values: readonly string[]): readonly string[] => (values.length > 0 ? values : value === "" ? [] : [value]);

export function holdsCondition(question: Omit<Question, "values">, condition: Condition, asker: Asker): boolean {
  const { value } = question;
  const whatever = NULL_TOO[condition.operator];
  if (whatever !== undefined) return whatever(value, condition);
  const test = NOT_NULL[condition.operator];
  if (test !== undefined) return value !== null && test(value, condition);
  return holdsFunction(functionOf(condition.operator), { ...question, values: argumentsOf(condition.value, condition.values) }, asker);
}
