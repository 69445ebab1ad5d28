// formContext and what hangs on it, as form scripts and commands see it (learn.microsoft.com/power-apps/developer/model-driven-apps/clientapi).
import { entitySetOf, webApi, type Metadata, type Record_ } from "./api.ts";
import { bodyOf } from "./new-record.ts";

export interface FormHandle {
  readonly table: string;
  readonly metadata: Metadata;
  /** Empty while the row is new. */
  id: string;
  record: Record_;
  readonly changes: Map<string, unknown>;
  /** Columns of a new row that its first save sends. */
  readonly pending: Set<string>;
  readonly isReadOnly: boolean;
  /** Runs the form's save handlers; false: one of them prevented it. */
  maySave(): boolean;
  /** The row exists now. */
  created(): void;
  /** Draws again after save or refresh. */
  redraw(): void;
  notify(id: string, message: string, level: string): void;
  clearNotification(id: string): void;
  close(): void;
}

export interface ControlHandle { readonly name: string; readonly element: HTMLElement }

/** Columns whose value in the record stands under _x_value. */
const isLookup = (type: string | undefined): boolean => type === "Lookup" || type === "Owner" || type === "Customer";

export function readValue(form: FormHandle, column: string): unknown {
  if (form.changes.has(column)) return form.changes.get(column);
  if (!isLookup(form.metadata.attributes.get(column)?.type)) return form.record[column] ?? null;
  const id = form.record[`_${column}_value`];
  if (typeof id !== "string") return null;
  return [{ id, name: form.record[`_${column}_value@OData.Community.Display.V1.FormattedValue`], entityType: form.record[`_${column}_value@Microsoft.Dynamics.CRM.lookuplogicalname`] }];
}

export const isNew = (form: FormHandle): boolean => form.id === "";
export const isDirty = (form: FormHandle): boolean => form.changes.size > 0 || (isNew(form) && form.pending.size > 0);

export async function save(form: FormHandle): Promise<void> {
  if (!isDirty(form) || !form.maySave()) return;
  if (isNew(form)) { await create(form); return; }
  await webApi.updateRecord(form.table, form.id, Object.fromEntries(form.changes));
  form.changes.clear();
  await refresh(form);
}

async function create(form: FormHandle): Promise<void> {
  const typed = Object.fromEntries(form.changes);
  const given = [...form.pending].filter((column) => !form.changes.has(column));
  const made = await webApi.createRecord(form.table, { ...await bodyOf(form.metadata, form.record, given, entitySetOf), ...typed });
  form.id = made.id.replace(/[{}]/g, "").toLowerCase();
  form.changes.clear();
  form.pending.clear();
  form.created();
  await refresh(form);
}

export async function refresh(form: FormHandle): Promise<void> {
  if (isNew(form)) { form.redraw(); return; }
  form.record = await webApi.retrieveRecord(form.table, form.id);
  form.redraw();
}

const collection = <T>(items: () => readonly T[], nameOf: (item: T) => string) => ({
  get: (key?: string | number) => (key === undefined ? [...items()] : typeof key === "number" ? items()[key] ?? null : items().find((item) => nameOf(item) === key) ?? null),
  getLength: () => items().length, forEach: (visit: (item: T, index: number) => void) => { items().forEach(visit); },
});

export function createFormContext(form: FormHandle, controls: () => readonly ControlHandle[]): Record<string, unknown> {
  const attributes = new Map<string, Record<string, unknown>>();
  const attribute = (column: string): Record<string, unknown> => {
    const known = attributes.get(column) ?? {
      getName: () => column, getValue: () => readValue(form, column), getIsDirty: () => form.changes.has(column), setValue: (value: unknown) => { form.changes.set(column, value); form.redraw(); },
      getAttributeType: () => form.metadata.attributes.get(column)?.type.toLowerCase(), addOnChange: () => undefined, removeOnChange: () => undefined, getRequiredLevel: () => "none", setRequiredLevel: () => undefined, setSubmitMode: (mode: string) => { if (mode === "never") form.pending.delete(column); },
    };
    attributes.set(column, known);
    return known;
  };
  const control = (one: ControlHandle) => ({ getName: () => one.name, setVisible: (isVisible: boolean) => { one.element.hidden = !isVisible; }, getVisible: () => !one.element.hidden, setDisabled: () => undefined, getDisabled: () => form.isReadOnly, setNotification: () => true, clearNotification: () => true, getAttribute: () => attribute(one.name) });
  const entity = {
    getId: () => (isNew(form) ? "" : `{${form.id.toUpperCase()}}`), getEntityName: () => form.table, getIsDirty: () => isDirty(form), getPrimaryAttributeValue: () => form.record[form.metadata.primaryName], save: () => save(form),
    attributes: collection(() => [...form.metadata.attributes.keys()].map(attribute), (one) => (one["getName"] as () => string)()), getEntityReference: () => ({ entityType: form.table, id: form.id, name: form.record[form.metadata.primaryName] }), addOnSave: () => undefined, addOnPostSave: () => undefined,
  };
  const handles = collection(() => controls().map(control), (one) => one.getName());
  return {
    data: { entity, save: () => save(form), refresh: async (shouldSave?: boolean) => { if (shouldSave === true) await save(form); await refresh(form); }, getIsDirty: () => isDirty(form), isValid: () => true, attributes: entity.attributes, addOnLoad: () => undefined },
    ui: {
      getFormType: () => (isNew(form) ? 1 : form.isReadOnly ? 3 : 2), setFormNotification: (message: string, level: string, id: string) => { form.notify(id, message, level); return true; }, clearFormNotification: (id: string) => { form.clearNotification(id); return true; },
      refreshRibbon: () => { form.redraw(); }, close: () => { form.close(); }, controls: handles, tabs: collection<{ getName: () => string }>(() => [], (one) => one.getName()), formSelector: { getCurrentItem: () => null },
    },
    getAttribute: (column?: string | number) => (typeof column === "string" ? (form.metadata.attributes.has(column) ? attribute(column) : null) : entity.attributes.get(column)),
    getControl: (name?: string | number) => handles.get(name),
  };
}
