// Which record the control stands on. The framework does not document it for model-driven forms; both places hosts use are read behind a guard.
export interface RecordReference { readonly id: string; readonly table: string }

export function recordOf(context: object): RecordReference | undefined {
  const { mode, page } = context as { mode?: { contextInfo?: { entityId?: string; entityTypeName?: string } }; page?: { entityId?: string; entityTypeName?: string } };
  const info = mode?.contextInfo?.entityId === undefined ? page : mode.contextInfo;
  const id = info?.entityId?.replace(/[{}]/g, "").toLowerCase();
  return id === undefined || id === "" || info?.entityTypeName === undefined ? undefined : { id, table: info.entityTypeName };
}

/** A row as the Web API gives it. */
export type Row = Readonly<Record<string, unknown>>;
export const textOf = (row: Row, column: string): string | undefined => { const value = row[column]; return typeof value === "string" && value !== "" ? value : undefined; };
export const numberOf = (row: Row, column: string): number | undefined => { const value = row[column]; return typeof value === "number" ? value : undefined; };
