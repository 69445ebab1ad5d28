// One result of a FetchXML query before it is written: the row of every alias. An outer link that found nothing has none.
import type { Row } from "../store/rows.ts";
import type { Scalar } from "./crm-functions.ts";
import { asScalar } from "./evaluate.ts";
import type { FetchSource } from "./fetch-parser.ts";

export type Tuple = ReadonlyMap<string, Row>;

export const valueOf = (tuple: Tuple, alias: string, column: string): Scalar => asScalar(tuple.get(alias)?.[column]);
/** The entity and all its links, outermost first. */
export const sourcesOf = (source: FetchSource): readonly FetchSource[] => [source, ...source.links.flatMap(sourcesOf)];

/** Nulls first, text without case. */
export function compare(left: Scalar, right: Scalar): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  const [one, other] = [left, right].map((value) => (typeof value === "string" ? value.toLowerCase() : value));
  if (one === other) return 0;
  return (one ?? 0) < (other ?? 0) ? -1 : 1;
}
