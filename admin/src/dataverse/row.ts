// Members of rows and other JSON that came from outside: read as what they should be, or not at all.
export type Row = Readonly<Record<string, unknown>>;

/** A text, or the empty text. */
export const textAt = (row: Row | undefined, name: string): string => { const value = row?.[name]; return typeof value === "string" ? value : ""; };
/** An inner object, or an empty one. */
export const rowAt = (row: Row | undefined, name: string): Row => asRow(row?.[name]);
/** A list of rows, or an empty one. */
export const rowsAt = (row: Row | undefined, name: string): readonly Row[] => { const value = row?.[name]; return Array.isArray(value) ? value.map(asRow) : []; };
export const asRow = (value: unknown): Row => (typeof value === "object" && value !== null && !Array.isArray(value) ? value as Row : {});
