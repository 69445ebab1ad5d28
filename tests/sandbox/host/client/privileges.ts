// What the signed-in user may do with a table at all; the platform's own words, asked for once for each page.
// Kinds and depths as in learn.microsoft.com/power-apps/developer/component-framework/reference/utility/hasentityprivilege
import type { MayDo } from "./pcf.ts";

const KINDS = ["none", "create", "read", "write", "delete", "assign", "share", "append", "appendto"];
const DEPTHS = ["Basic", "Local", "Deep", "Global"];

export async function readPrivileges(userId: string): Promise<MayDo> {
  const { isSystem, privileges } = await (await fetch(`/host/privileges?user=${encodeURIComponent(userId)}`)).json() as { isSystem: boolean; privileges: Readonly<Record<string, string>> };
  return (table, right, depth) => isSystem || DEPTHS.indexOf(privileges[`prv${KINDS[right] ?? ""}${table}`.toLowerCase()] ?? "") >= depth;
}
