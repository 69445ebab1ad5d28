// Auditing: while the organization's switch is on, every committed write leaves a row that says who changed what.
// Source: learn.microsoft.com/power-apps/developer/data-platform/auditing/overview
import { nowText, type Committed, type Organization } from "../organization.ts";
import { asText, type Value } from "../store/rows.ts";

const OPERATIONS = { Create: 1, Update: 2, Delete: 3 } as const;
const text = (value: Value): string | null => ((value ?? null) === null ? null : asText(value));

function keep(organization: Organization, change: Committed): void {
  const { store, model, random } = organization;
  const id = asText(change.row[model.table(change.table).id]);
  const changedAttributes = change.changed.map((name) => ({ logicalName: name, oldValue: text(change.before?.[name]), newValue: change.message === "Delete" ? null : text(change.row[name]) }));
  const operation = OPERATIONS[change.message];
  store.put(model.table("audit"), {
    auditid: random.uuid(), operation, action: operation, objecttypecode: change.table, objectid: { id, table: change.table }, attributemask: change.changed.join(","), changedata: JSON.stringify({ changedAttributes }), createdon: nowText(organization),
    userid: { id: change.userId, table: "systemuser" }, callinguserid: change.initiatingUserId === change.userId ? null : { id: change.initiatingUserId, table: "systemuser" }, versionnumber: store.nextVersion(),
  });
}

/** Listens; the switch is the organization's own column isauditenabled. */
export function attachAudit(organization: Organization): void {
  organization.listeners.push((change) => {
    if (organization.store.get("organization", organization.id)?.["isauditenabled"] === true) keep(organization, change);
  });
}
