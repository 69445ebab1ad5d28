// The names by which rows of the standard tables lead to each other, as a real organization's metadata has them, and what stands behind the
// less usual ones: many-to-many relationships, an activity's own row, jobs of a row, lookups that can only be read.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
let metadata: string;
type Row = Record<string, unknown>;
const admin = (method: string, path: string, body?: unknown): Promise<Answer> => o.call("sysadmin", method, path, body);
const rows = async (path: string): Promise<Row[]> => (await admin("GET", path)).json["value"] as Row[];
beforeAll(async () => { o = await startOrganization(); metadata = (await admin("GET", "$metadata")).text; });
afterAll(async () => { await o.close(); });

// Single-valued, collection-valued, read-only lookups.
test.each<[string, string, string, string]>([
  ["salesorder", "transactioncurrencyid customerid_account customerid_contact ownerid quoteid owningteam owningbusinessunit owninguser opportunityid pricelevelid", "SalesOrder_AsyncOperations SalesOrder_Emails SalesOrder_Tasks SalesOrder_Annotation contactorders_association order_details order_invoices SalesOrder_OrderClose SalesOrder_ActivityPointers", "_contactid_value _accountid_value"],
  ["invoice", "owninguser opportunityid ownerid salesorderid owningbusinessunit owningteam pricelevelid transactioncurrencyid customerid_account customerid_contact", "Invoice_ActivityPointers Invoice_AsyncOperations Invoice_Emails Invoice_Tasks Invoice_Annotation contactinvoices_association invoice_details", "_contactid_value _accountid_value"],
  ["salesorderdetail", "QuoteDetailId owningteam owninguser parentbundleidref_salesorderdetail salesrepid salesorderid productid uomid transactioncurrencyid", "SalesOrderDetail_AsyncOperations salesorderdetail_parentref_salesorderdetail", "_ownerid_value _owningbusinessunit_value"],
  ["invoicedetail", "parentbundleidref_invoicedetail SalesOrderDetailId invoiceid uomid owningteam productid owninguser transactioncurrencyid salesrepid", "InvoiceDetail_AsyncOperations invoicedetail_parentref_invoicedetail", "_owningbusinessunit_value _ownerid_value"],
  ["orderclose", "transactioncurrencyid ownerid owningteam owningbusinessunit owninguser regardingobjectid_account regardingobjectid_contact regardingobjectid_invoice regardingobjectid_opportunity regardingobjectid_quote regardingobjectid_salesorder salesorderid", "activity_pointer_email activity_pointer_task ActivityPointer_AsyncOperations activity_pointer_order_close OrderClose_AsyncOperations OrderClose_Annotation", ""],
  ["annotation", "owningteam owninguser owningbusinessunit ownerid objectid_account objectid_contact objectid_product objectid_invoice objectid_opportunity objectid_quote objectid_salesorder", "Annotation_AsyncOperations", ""],
  ["task", "transactioncurrencyid ownerid owningteam owningbusinessunit owninguser regardingobjectid_account regardingobjectid_contact regardingobjectid_invoice regardingobjectid_opportunity regardingobjectid_quote regardingobjectid_salesorder", "activity_pointer_email activity_pointer_task ActivityPointer_AsyncOperations activity_pointer_order_close Task_Annotation Task_AsyncOperations", ""],
  ["account", "masterid transactioncurrencyid ownerid owningteam defaultpricelevelid owninguser primarycontactid preferredsystemuserid owningbusinessunit parentaccountid", "Account_ActivityPointers Account_Email_SendersAccount Account_Email_EmailSender Account_Annotation Account_AsyncOperations Account_Tasks contact_customer_accounts Account_Emails account_OrderCloses invoice_customer_accounts order_customer_accounts", "_createdbyexternalparty_value _modifiedbyexternalparty_value"],
  ["contact", "parentcustomerid_account parentcustomerid_contact owninguser masterid owningbusinessunit ownerid owningteam preferredsystemuserid transactioncurrencyid defaultpricelevelid", "Contact_ActivityPointers Contact_Tasks Contact_Annotation contact_master_contact Contact_Email_EmailSender Contact_AsyncOperations contact_customer_contacts Contact_Emails contactinvoices_association contactorders_association invoice_customer_contacts order_customer_contacts", "_accountid_value _createdbyexternalparty_value _modifiedbyexternalparty_value _parentcontactid_value"],
  ["product", "pricelevelid defaultuomid transactioncurrencyid parentproductid", "Product_Annotation Product_AsyncOperations product_invoice_details product_order_details", "_modifiedbyexternalparty_value _createdbyexternalparty_value"],
])("%s has every navigation and lookup of a real one", (table, singles, collections, lookups) => {
  const type = new RegExp(`<EntityType Name="${table}".*?</EntityType>`, "s").exec(metadata)?.[0] ?? "";
  const missing = [...singles.split(" "), ...collections.split(" ")].filter((name) => name !== "" && !type.includes(`<NavigationProperty Name="${name}"`));
  expect([...missing, ...lookups.split(" ").filter((name) => name !== "" && !type.includes(`<Property Name="${name}"`))]).toEqual([]);
});

describe("behind them", () => {
  let account: string; let contact: string; let order: string;
  beforeAll(async () => {
    account = await o.create("accounts", { name: "Contoso" });
    contact = await o.create("contacts", { lastname: "Lund", "parentcustomerid_account@odata.bind": `/accounts(${account})` });
    order = await o.create("salesorders", { name: "One", "customerid_account@odata.bind": `/accounts(${account})` });
  });
  test("a customer shows as account or contact, which nobody writes", async () => {
    const read = async (): Promise<Row> => (await admin("GET", `salesorders(${order})?$select=_accountid_value,_contactid_value`)).json;
    expect(await read()).toMatchObject({ _accountid_value: account, _contactid_value: null });
    await admin("PATCH", `salesorders(${order})`, { "customerid_contact@odata.bind": `/contacts(${contact})` });
    expect(await read()).toMatchObject({ _accountid_value: null, _contactid_value: contact });
    expect((await admin("GET", `contacts(${contact})?$select=_accountid_value,_parentcontactid_value`)).json).toMatchObject({ _accountid_value: account, _parentcontactid_value: null });
    expect([(await admin("PATCH", `salesorders(${order})`, { "accountid@odata.bind": `/accounts(${account})` })).status, (await admin("PATCH", `salesorders(${order})`, { accountid: account })).status]).toEqual([400, 400]);
  });
  test.each([["salesorders", "contactorders_association"], ["invoices", "contactinvoices_association"]])("contacts of %s: %s, from either side, and by who may append only", async (set, nav) => {
    const id = await o.create(set, { name: "N", "customerid_account@odata.bind": `/accounts(${account})` });
    expect((await admin("POST", `${set}(${id})/${nav}/$ref`, { "@odata.id": `contacts(${contact})` })).status).toBe(204);
    expect([(await rows(`${set}(${id})/${nav}?$select=lastname`)).length, (await rows(`contacts(${contact})/${nav}?$select=name`)).map((row) => row["name"]), (await rows(`${set}?$select=name&$expand=${nav}($select=lastname)&$filter=name eq 'N'`))[0]?.[nav]]).toEqual([1, ["N"], [expect.objectContaining({ lastname: "Lund" })]]);
    expect((await o.call("nobody", "POST", `${set}(${id})/${nav}/$ref`, { "@odata.id": `contacts(${contact})` })).status).toBe(403);
    expect((await admin("DELETE", `contacts(${contact})/${nav}(${id})/$ref`)).status).toBe(204);
    expect(await rows(`${set}(${id})/${nav}`)).toEqual([]);
  });
  test("an activity has its own row in the table of its kind, and no other", async () => {
    const task = await o.create("tasks", { subject: "Look", "regardingobjectid_quote_task@odata.bind": `/quotes(${await o.create("quotes", { name: "Q", "customerid_account@odata.bind": `/accounts(${account})` })})` });
    expect((await rows(`activitypointers(${task})/activity_pointer_task`)).map((row) => row["subject"])).toEqual(["Look"]);
    expect([await rows(`activitypointers(${task})/activity_pointer_email`), await rows(`tasks(${task})/ActivityPointer_AsyncOperations`)]).toEqual([[], []]);
    expect((await rows("quotes?$expand=Quote_Tasks($select=subject)")).flatMap((row) => row["Quote_Tasks"])).toEqual([expect.objectContaining({ subject: "Look" })]);
  });
  test("the parties of an email are replaced as a whole, or not at all", async () => {
    const parties = async (email: string): Promise<unknown> => (await rows(`emails(${email})/email_activity_parties?$select=participationtypemask,_partyid_value&$orderby=participationtypemask`)).map((row) => [row["participationtypemask"], row["_partyid_value"]]);
    const party = (of: string, mask: number): Row => ({ [of === account ? "partyid_account@odata.bind" : "partyid_contact@odata.bind"]: of === account ? `/accounts(${of})` : `/contacts(${of})`, participationtypemask: mask });
    const email = await o.create("emails", { subject: "Hello", email_activity_parties: [party(account, 2)] });
    expect((await admin("PUT", `emails(${email})/email_activity_parties`, { value: [party(contact, 1), party(account, 2)] })).status).toBe(204);
    expect(await parties(email)).toEqual([[1, contact], [2, account]]);
    expect([(await admin("PUT", `emails(${email})/email_activity_parties`, { value: [party(contact, 1), { nosuch: 1 }] })).status, (await admin("PUT", `emails(${email})/email_activity_parties`, {})).status]).toEqual([400, 400]);
    expect(await parties(email)).toEqual([[1, contact], [2, account]]);
  });
  test("a function names a lookup by its logical name, or as it is read", async () => {
    for (const name of ["ownerid", "_ownerid_value"]) expect((await rows(`accounts?$select=name&$filter=Microsoft.Dynamics.CRM.EqualUserId(PropertyName='${name}')`)).length).toBeGreaterThan(0);
    expect((await admin("GET", "accounts?$filter=Microsoft.Dynamics.CRM.EqualUserId(PropertyName='nosuch')")).status).toBe(400);
  });
  test("a row's jobs are found from it", async () => {
    const endpoint = await o.create("serviceendpoints", { name: "Hook", contract: 8, authtype: 4, url: "http://127.0.0.1:9/hook", authvalue: "k" });
    const message = await o.id("sdkmessages", "name eq 'Update'");
    const filter = await o.id("sdkmessagefilters", `primaryobjecttypecode eq 'salesorder' and _sdkmessageid_value eq ${message}`);
    await o.create("sdkmessageprocessingsteps", { name: "Told", mode: 1, stage: 40, rank: 1, "sdkmessageid@odata.bind": `/sdkmessages(${message})`, "sdkmessagefilterid@odata.bind": `/sdkmessagefilters(${filter})`, "eventhandler_serviceendpoint@odata.bind": `/serviceendpoints(${endpoint})` });
    await admin("PATCH", `salesorders(${order})`, { name: "Changed" });
    expect(await rows(`salesorders(${order})/SalesOrder_AsyncOperations?$select=name,_regardingobjectid_value`)).toEqual([expect.objectContaining({ name: "Told", _regardingobjectid_value: order })]);
  });
});
