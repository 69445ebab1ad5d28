// A bulk run: the plan that a person previewed, with its hash. Read when a request row names it.
import { bulkRunTable as table } from "@cybs/schema";
import { z } from "zod";
import type { BulkRun } from "../../domain/bulk/plan.ts";
import { textColumn, wholeColumn, wordOf } from "./column-kinds.ts";

const { columns, choices, primaryId } = table;
const ACTION = { capture: choices.action.capture, refund: choices.action.refund } as const;
export const bulkRunPath = (id: string): string => `${table.entitySetName}(${id})?$select=${[primaryId, columns.action, columns.plan, columns.planHash, columns.lineCount].join(",")}`;
const RunColumns = z.object({ [primaryId]: z.guid(), [columns.action]: wholeColumn, [columns.plan]: textColumn, [columns.planHash]: textColumn, [columns.lineCount]: wholeColumn });

/** undefined for a run that cannot be read as one: nothing of it is executed. */
export function toBulkRun(body: unknown): BulkRun | undefined {
  const parsed = RunColumns.safeParse(body);
  const action = parsed.success ? wordOf(ACTION, parsed.data[columns.action]) : undefined;
  const row = parsed.data;
  if (row === undefined || action === undefined) return undefined;
  return { bulkRunId: row[primaryId].toLowerCase(), action, plan: row[columns.plan] ?? "", planHash: row[columns.planHash] ?? "", lineCount: row[columns.lineCount] };
}
