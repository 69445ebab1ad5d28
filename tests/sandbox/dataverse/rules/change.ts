// One write, as the rules see it.
import type { Table } from "../metadata/model.ts";
import type { Caller, Organization } from "../organization.ts";
import type { Row } from "../store/rows.ts";

export interface RuleContext {
  readonly organization: Organization;
  readonly caller: Caller;
  /** The platform itself writes: an action closes a document, a total follows its lines. */
  readonly byPlatform?: boolean;
}
export interface Change {
  readonly table: Table;
  /** Undefined for a create. */
  readonly before: Row | undefined;
  readonly row: Row;
  /** Columns that the caller wrote. */
  readonly changed?: readonly string[];
}
