// The kinds of columns as they arrive: absent and null are one, money is exact text, choices become our words by total tables.
import { z } from "zod";
import { fromIsoText, type Instant } from "../../domain/time.ts";

const presentOrUndefined = <T>(value: T | null | undefined): T | undefined => value ?? undefined;

export const textColumn = z.nullish(z.string()).transform(presentOrUndefined);
export const guidColumn = z.nullish(z.guid()).transform((value) => value?.toLowerCase());
export const flagColumn = z.nullish(z.boolean()).transform((value) => value === true);
export const wholeColumn = z.nullish(z.number().int()).transform(presentOrUndefined);
/** Decimal and money: text, because a binary fraction would not be exact. */
export const decimalColumn = z.nullish(z.union([z.string(), z.number()])).transform((value) => (value === null || value === undefined ? undefined : String(value)));
export const dateColumn = z.nullish(z.string()).transform((value): Instant | undefined => (value === null || value === undefined ? undefined : fromIsoText(value)));

/** Rows of a collection answer. */
export const collectionOf = <T extends z.ZodType>(row: T) => z.object({ value: z.array(row) });

/** The word that a choice number stands for; undefined for a number nobody knows (a customer added an option). */
export function wordOf<Word extends string>(numbers: Readonly<Record<Word, number>>, value: number | undefined): Word | undefined {
  return (Object.keys(numbers) as Word[]).find((word) => numbers[word] === value);
}
