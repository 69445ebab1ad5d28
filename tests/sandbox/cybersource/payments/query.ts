// The query language of transaction search: field:value, quotes, lists, wildcards, AND, OR, NOT, brackets, ranges with NOW and date math.
// Documented at developer.cybersource.com, transaction search; it is a subset of Lucene's. An empty operator between clauses means AND.
import { formatAmount } from "../amounts.ts";
import type { Transaction } from "../state.ts";

type Test = (transaction: Transaction) => boolean;
interface Reader { readonly tokens: readonly string[]; at: number; readonly now: Date }

/** What can be asked for. The merchant's transactionId is not among it: the guide knows no such filter. */
const FIELDS: Readonly<Record<string, (transaction: Transaction) => string>> = {
  "clientReferenceInformation.code": (one) => one.code, id: (one) => one.id, merchantId: (one) => one.merchantId, reconciliationId: (one) => one.reconciliationId,
  "orderInformation.amountDetails.currency": (one) => one.currency, "orderInformation.amountDetails.totalAmount": (one) => formatAmount(one.amount, one.currency),
  "paymentInformation.card.suffix": (one) => one.card?.suffix ?? "", "paymentInformation.card.prefix": (one) => one.card?.prefix ?? "",
};
const TOKEN = /\s*(?:(\(|\))|((?:[\w.]+):(?:\([^()]*\)|[[{][^\]}]*[\]}]|"[^"]*"|[^\s()]+))|(AND|OR|NOT)\b)/y;
const NESTING_MAX = 50;
const STARS_MAX = 4;

/** A test of one transaction, or undefined when the query cannot be read or names an unknown field. */
export function parseQuery(query: string, now: Date): Test | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const text = query.trimEnd();
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    tokens.push(match[1] ?? match[2] ?? match[3] ?? "");
  }
  const reader: Reader = { tokens, at: 0, now };
  const test = either(reader, 0);
  return reader.at === tokens.length ? test : undefined;
}

function either(reader: Reader, depth: number): Test | undefined {
  let left = both(reader, depth);
  while (left !== undefined && reader.tokens[reader.at] === "OR") {
    reader.at += 1;
    const [first, second] = [left, both(reader, depth)];
    left = second === undefined ? undefined : (one) => first(one) || second(one);
  }
  return left;
}

function both(reader: Reader, depth: number): Test | undefined {
  let left = single(reader, depth);
  while (left !== undefined && ![undefined, "OR", ")"].includes(reader.tokens[reader.at])) {
    if (reader.tokens[reader.at] === "AND") reader.at += 1;
    const [first, second] = [left, single(reader, depth)];
    left = second === undefined ? undefined : (one) => first(one) && second(one);
  }
  return left;
}

function single(reader: Reader, depth: number): Test | undefined {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  if (token === undefined || depth > NESTING_MAX) return undefined;
  if (token === "NOT") {
    const inner = single(reader, depth + 1);
    return inner === undefined ? undefined : (one) => !inner(one);
  }
  if (token === "(") {
    const inner = either(reader, depth + 1);
    return reader.tokens[reader.at++] === ")" ? inner : undefined;
  }
  const colon = token.indexOf(":");
  return colon > 0 ? clause(token.slice(0, colon), token.slice(colon + 1), reader.now) : undefined;
}

function clause(field: string, value: string, now: Date): Test | undefined {
  const range = /^[[{](\S+)\s+TO\s+(\S+)[\]}]$/.exec(value);
  if (field === "submitTimeUtc") return range === null ? undefined : inPeriod(value, range, now);
  const read = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (read === undefined) return undefined;
  if (range !== null) {
    const [low, high] = [Number(range[1]), Number(range[2])];
    const test = within(value, range[1] === "*" ? -Infinity : low, range[2] === "*" ? Infinity : high);
    return test === undefined ? undefined : (one) => test(Number(read(one)));
  }
  const list = value.startsWith("(") ? value.slice(1, -1).trim().split(/\s+OR\s+/) : [value];
  if (list.some((one) => one.split("*").length > STARS_MAX)) return undefined;
  const patterns = list.map(patternOf);
  return (one) => patterns.some((pattern) => pattern.test(read(one)));
}

const escape = (text: string): string => text.replace(/[\\^$.|+()[\]{}*?]/g, "\\$&");
/** Stars and question marks stand for text outside quotes only. */
const patternOf = (value: string): RegExp =>
  new RegExp(`^${value.startsWith('"') ? escape(value.replaceAll('"', "")) : escape(value.replace(/\\(.)/g, "$1")).replaceAll("\\*", ".*").replaceAll("\\?", ".")}$`);

/** Square brackets include the end, curly ones do not. */
function within(value: string, low: number, high: number): ((at: number) => boolean) | undefined {
  if (Number.isNaN(low) || Number.isNaN(high)) return undefined;
  return (at) => (value.startsWith("{") ? at > low : at >= low) && (value.endsWith("}") ? at < high : at <= high);
}

function inPeriod(value: string, range: RegExpExecArray, now: Date): Test | undefined {
  const test = within(value, instantOf(range[1] ?? "", now, -Infinity), instantOf(range[2] ?? "", now, Infinity));
  return test === undefined ? undefined : (one) => test(one.at.getTime());
}

const UNIT_MS: Readonly<Record<string, number>> = { DAY: 86_400_000, HOUR: 3_600_000, MINUTE: 60_000, SECOND: 1_000 };

/** NOW, NOW/DAY-7DAYS, an ISO instant, or a star for an open end; NaN for anything else. Rounding is to the unit in UTC. */
function instantOf(text: string, now: Date, open: number): number {
  if (text === "*") return open;
  const math = /^NOW(?:\/(DAY|HOUR|MINUTE|SECOND))?(?:([+-]\d{1,9})(DAY|HOUR|MINUTE|SECOND)S?)?$/.exec(text);
  if (math === null) return Date.parse(text.replace(/^"|"$/g, ""));
  const unit = UNIT_MS[math[1] ?? ""];
  const rounded = unit === undefined ? now.getTime() : Math.floor(now.getTime() / unit) * unit;
  return rounded + Number(math[2] ?? 0) * (UNIT_MS[math[3] ?? ""] ?? 0);
}
