// Duplicate detection: published rules compare a written row with the others, when the request asks for it. By default it does not.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/manage-duplicate-detection-create-update and …/detect-duplicate-data-for-entities
import { DataverseError } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import { asText, type Row, type Value } from "../store/rows.ts";
import type { ApiContext, ApiRequest } from "../web-api/request.ts";

export const PUBLISHED = { statecode: 1, statuscode: 2 } as const;
export const UNPUBLISHED = { statecode: 0, statuscode: 0 } as const;

const wordOf = (value: Value): string => asText(value).trim().toLowerCase();
/** By value of the choice: the same, the same first characters, the same last ones. */
const SAME: readonly ((one: string, other: string, count: number) => boolean)[] = [
  (one, other) => one === other, (one, other, count) => one.slice(0, count) === other.slice(0, count), (one, other, count) => one.slice(-count) === other.slice(-count),
];

/** Blank columns are not alike, unless the condition says that they are. */
function meets(condition: Row, row: Row, other: Row): boolean {
  const [one, two] = [wordOf(row[asText(condition["baseattributename"])]), wordOf(other[asText(condition["matchingattributename"])])];
  if (one === "" || two === "") return one === two && condition["ignoreblankvalues"] === false;
  return SAME[Number(condition["operatorcode"] ?? 0)]?.(one, two, Number(condition["operatorparam"] ?? 0)) === true;
}

/** After the write, inside its transaction: throws, so that it is taken back. */
export function assertNoDuplicate({ organization }: ApiContext, request: ApiRequest, table: Table, id: string): void {
  if (request.headers["mscrm.suppressduplicatedetection"]?.toLowerCase() !== "false") return;
  const { store } = organization;
  const row = store.get(table.name, id);
  const rules = [...store.all("duplicaterule")].filter((rule) => rule["statecode"] === PUBLISHED.statecode && rule["baseentityname"] === table.name);
  for (const rule of rules) {
    const conditions = store.pointingAt("duplicaterulecondition", "regardingobjectid", asText(rule["duplicateruleid"]));
    const matching = organization.model.tables.get(asText(rule["matchingentityname"]));
    if (row === undefined || matching === undefined || conditions.length === 0) continue;
    const isFound = [...store.all(matching.name)].some((other) => (matching.name !== table.name || other[table.id] !== id) && (rule["excludeinactiverecords"] !== true || other["statecode"] === 0) && conditions.every((one) => meets(one, row, other)));
    if (isFound) throw new DataverseError(organization.switches.duplicateDetectionStatus, "0x80040333", "A record was not created or updated because a duplicate of the current record already exists.");
  }
}
