// What a cell's row says in its body, where it is an answer of 201: what the stand-in has to be brought to say.
import type { Cell } from "./cells.ts";

export interface Said { readonly status: string; readonly reason: string | undefined }

/** What a row that was answered 201 says; undefined: it is another kind of row. */
export function saidIn(cell: Cell): Said | undefined {
  if (cell.row?.reply.kind !== "replied" || cell.row.reply.status !== 201 || !cell.row.reply.text.startsWith("{")) return undefined;
  const body = JSON.parse(cell.row.reply.text) as { status: string; errorInformation?: { reason: string } };
  return { status: body.status, reason: body.errorInformation?.reason };
}
