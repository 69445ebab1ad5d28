// A small Xrm: a form, the Web API with rows in memory, dialogs that answer at once. Only what the scripts call.
export interface FakeForm { readonly isDirty?: boolean; readonly formType?: number; readonly table?: string; readonly saveFails?: boolean }
export interface Calls { readonly saved: number[]; readonly created: { table: string; row: Record<string, unknown> }[]; readonly opened: Record<string, unknown>[]; readonly titles: string[]; readonly alerts: string[]; readonly questions: string[]; readonly refreshed: number[] }
export interface XrmOptions {
  /** Where not every table answers the same record. */
  readonly records?: Readonly<Record<string, Record<string, unknown>>>;
  readonly createFails?: { errorCode?: number; message: string };
  /** Rows that a list of this table answers, or says by its query. */
  readonly rows?: Readonly<Record<string, readonly Record<string, unknown>[] | ((query: string) => readonly Record<string, unknown>[])>>;
  readonly confirms?: boolean;
  readonly languageId?: number;
}

export function installXrm(record: Record<string, unknown>, options: XrmOptions = {}): Calls {
  const calls: Calls = { saved: [], created: [], opened: [], titles: [], alerts: [], questions: [], refreshed: [] };
  const xrm = {
    WebApi: {
      retrieveRecord: async (table: string) => options.records?.[table] ?? record,
      retrieveMultipleRecords: async (table: string, query = "") => { const rows = options.rows?.[table] ?? []; return { entities: typeof rows === "function" ? rows(query) : rows }; },
      createRecord: async (table: string, row: Record<string, unknown>) => {
        if (options.createFails !== undefined) throw Object.assign(new Error(options.createFails.message), options.createFails);
        calls.created.push({ table, row });
        return { entityType: table, id: "11111111-2222-4333-8444-555555555555" };
      },
    },
    Navigation: {
      navigateTo: async (page: Record<string, unknown>, { title }: { title: string }) => { calls.opened.push(page); calls.titles.push(title); }, openAlertDialog: async ({ text }: { text: string }) => { calls.alerts.push(text); },
      openConfirmDialog: async ({ text, confirmButtonLabel, cancelButtonLabel }: Record<string, string>) => { calls.questions.push(`${text} [${confirmButtonLabel}] [${cancelButtonLabel}]`); return { confirmed: options.confirms ?? false }; },
    },
    Utility: { getGlobalContext: () => ({ getClientUrl: () => "https://fabrikam.crm.dynamics.com", userSettings: { languageId: options.languageId ?? 1033 } }) },
  };
  Object.assign(globalThis, { Xrm: xrm });
  return calls;
}

export function formOf(calls: Calls, { isDirty = false, formType = 2, table = "salesorder", saveFails = false }: FakeForm = {}): Xrm.FormContext {
  const form = {
    ui: { getFormType: () => formType },
    data: {
      entity: { getIsDirty: () => isDirty, getId: () => "{AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE}", getEntityName: () => table, getPrimaryAttributeValue: () => "The record" },
      save: async () => { if (saveFails) throw new Error("A required value is missing."); calls.saved.push(1); },
      refresh: async () => { calls.refreshed.push(1); },
    },
  };
  return form as unknown as Xrm.FormContext;
}
