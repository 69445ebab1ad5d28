// States of documents and activities: which pairs there are, what closes an order, what is read-only, what an action leaves behind.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { startOrganization, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
let account: string;
let order: string;
beforeAll(async () => { o = await startOrganization(); account = await o.create("accounts", { name: "Contoso" }); });
afterAll(async () => { await o.close(); });
beforeEach(async () => { order = await o.create("salesorders", { name: "Stated", "customerid_account@odata.bind": `/accounts(${account})` }); });

type Body = Record<string, unknown>;
const patch = (path: string, body: Body): ReturnType<TestOrganization["call"]> => o.call("sysadmin", "PATCH", path, body);
const read = async (path: string): Promise<Body> => (await o.call("sysadmin", "GET", path)).json;
const close = (name: "FulfillSalesOrder" | "CancelSalesOrder", status = -1): ReturnType<TestOrganization["call"]> => o.call("sysadmin", "POST", name === "CancelSalesOrder" ? name : `salesorders/Microsoft.Dynamics.CRM.${name}`, { OrderClose: { subject: "Closed by test", description: "why", "salesorderid@odata.bind": `/salesorders(${order})` }, Status: status });
const turn = (switches: Body): Promise<unknown> => o.sandbox("POST", "switches", switches);

describe("pairs of state and status", () => {
  const invoices = async (): Promise<string> => `invoices(${await o.create("invoices", { name: "I" })})`;
  const tasks = async (): Promise<string> => `tasks(${await o.create("tasks", { subject: "T" })})`;
  const accounts = async (): Promise<string> => `accounts(${await o.create("accounts", { name: "A" })})`;
  const orders = (): Promise<string> => Promise.resolve(`salesorders(${order})`);
  test.each<[string, () => Promise<string>, Body, Body | string]>([
    ["a new order is Active, New", orders, {}, { statecode: 0, statuscode: 1 }], ["an order is Pending", orders, { statuscode: 2 }, { statecode: 0, statuscode: 2 }], ["an order is Submitted, In Progress", orders, { statecode: 1 }, { statecode: 1, statuscode: 3 }], ["a submitted order is not New", orders, { statecode: 1, statuscode: 1 }, "0x80048408"],
    ["a new invoice is Active, New", invoices, {}, { statecode: 0, statuscode: 1 }], ["an invoice is paid in full", invoices, { statecode: 2, statuscode: 100001 }, { statecode: 2, statuscode: 100001 }], ["an invoice is paid in part", invoices, { statecode: 2, statuscode: 100002 }, { statecode: 2, statuscode: 100002 }],
    ["an invoice is canceled", invoices, { statecode: 3 }, { statecode: 3, statuscode: 100003 }], ["a paid invoice is not Billed", invoices, { statecode: 2, statuscode: 4 }, "0x80048408"], ["a status that is none", invoices, { statuscode: 99 }, "0x8004431a"],
    ["a task is Not Started", tasks, {}, { statecode: 0, statuscode: 2 }], ["a task is done", tasks, { statecode: 1 }, { statecode: 1, statuscode: 5, percentcomplete: 100 }], ["a task is canceled", tasks, { statecode: 2 }, { statecode: 2, statuscode: 6 }], ["a done task is not Deferred", tasks, { statecode: 1, statuscode: 7 }, "0x80048408"],
    ["an account is inactive", accounts, { statecode: 1 }, { statecode: 1, statuscode: 2 }],
  ])("%s", async (_name, make, change, expected) => {
    const path = await make();
    const answer = await patch(path, change);
    if (typeof expected === "string") { expect([answer.status, answer.error.code]).toEqual([400, expected]); return; }
    expect(answer.status).toBe(204);
    expect(await read(path)).toMatchObject(expected);
  });
});

describe("closing an order", () => {
  test.each<["FulfillSalesOrder" | "CancelSalesOrder", number, Body]>([["FulfillSalesOrder", -1, { statecode: 3, statuscode: 100001 }], ["FulfillSalesOrder", 100002, { statecode: 3, statuscode: 100002 }], ["CancelSalesOrder", -1, { statecode: 2, statuscode: 4 }]])("%s with status %d", async (name, status, expected) => {
    expect((await close(name, status)).status).toBe(204);
    expect(await read(`salesorders(${order})`)).toMatchObject(expected);
    const [closing] = (await read(`salesorders(${order})/SalesOrder_OrderClose`))["value"] as Body[];
    expect(closing).toMatchObject({ subject: "Closed by test", description: "why", statecode: 1, statuscode: 2, ordernumber: (await read(`salesorders(${order})`))["ordernumber"] });
  });
  test("a fulfilled order has its date, and is not closed twice", async () => {
    await close("FulfillSalesOrder");
    expect((await read(`salesorders(${order})`))["datefulfilled"]).toMatch(/^\d{4}-/);
    expect((await close("CancelSalesOrder")).error).toMatchObject({ code: "0x80040233" });
  });
  test("a status of another state is refused and nothing is left behind", async () => {
    expect((await close("FulfillSalesOrder", 4)).error.code).toBe("0x80048408");
    expect(await read(`salesorders(${order})`)).toMatchObject({ statecode: 0, statuscode: 1 });
    expect((await read(`salesorders(${order})/SalesOrder_OrderClose`))["value"]).toEqual([]);
  });
  test.each([[2, "CancelSalesOrderRequest"], [3, "FulfillSalesOrderRequest"]])("switch ordersCloseByActionOnly: state %d is not set by an update", async (state, message) => {
    expect((await patch(`salesorders(${order})`, { statecode: state })).error.message).toContain(message);
    await turn({ ordersCloseByActionOnly: false });
    expect((await patch(`salesorders(${order})`, { statecode: state })).status).toBe(204);
    await turn({ ordersCloseByActionOnly: true });
  });
});

describe("read-only", () => {
  const line = (more: Body = {}): Promise<string> => o.create("salesorderdetails", { "salesorderid@odata.bind": `/salesorders(${order})`, productdescription: "Line", quantity: 1, priceperunit: 5, ...more });
  test.each<["FulfillSalesOrder" | "CancelSalesOrder"]>([["FulfillSalesOrder"], ["CancelSalesOrder"]])("after %s the order and its lines take no change but of the state", async (name) => {
    const kept = await line();
    await close(name);
    expect((await patch(`salesorders(${order})`, { name: "No" })).error.code).toBe("0x8004022e");
    expect((await patch(`salesorderdetails(${kept})`, { quantity: 2 })).error.code).toBe("0x80043b09");
    expect((await o.call("sysadmin", "DELETE", `salesorderdetails(${kept})`)).error.code).toBe("0x80043b09");
    expect((await o.call("sysadmin", "POST", "salesorderdetails", { "salesorderid@odata.bind": `/salesorders(${order})`, productdescription: "No" })).error.code).toBe("0x80043b09");
    expect(await read(`salesorderdetails(${kept})`)).toMatchObject({ salesorderstatecode: name === "FulfillSalesOrder" ? 3 : 2 });
    expect((await patch(`salesorders(${order})`, { statecode: 0 })).status).toBe(204);
    expect((await patch(`salesorders(${order})`, { name: "Yes" })).status).toBe(204);
  });
  test.each([["paid", 2], ["canceled", 3]])("a %s invoice, until it is reactivated", async (_name, statecode) => {
    const id = await o.create("invoices", { name: "I" });
    await patch(`invoices(${id})`, { statecode });
    expect((await patch(`invoices(${id})`, { name: "No" })).error.code).toBe("0x8004022e");
    expect((await patch(`invoices(${id})`, { statecode: 0 })).status).toBe(204);
    expect((await patch(`invoices(${id})`, { name: "Yes" })).status).toBe(204);
  });
  test("switch submittedOrdersAreReadOnly", async () => {
    await patch(`salesorders(${order})`, { statecode: 1 });
    expect((await patch(`salesorders(${order})`, { name: "No" })).error.code).toBe("0x8004022e");
    await turn({ submittedOrdersAreReadOnly: false });
    expect((await patch(`salesorders(${order})`, { name: "Yes" })).status).toBe(204);
    await turn({ submittedOrdersAreReadOnly: true });
  });
});

describe("an order becomes an invoice", () => {
  const convert = (body: Body = {}): ReturnType<TestOrganization["call"]> => o.call("sysadmin", "POST", "ConvertSalesOrderToInvoice", { SalesOrderId: order, ColumnSet: { AllColumns: true }, ...body });
  beforeEach(async () => { await o.create("salesorderdetails", { "salesorderid@odata.bind": `/salesorders(${order})`, productdescription: "Line", quantity: 2, priceperunit: 5, tax: 1 }); });
  test("with header, lines that name theirs, number of its own and totals", async () => {
    const made = await convert();
    expect(made.json).toMatchObject({ totalamount: 11, totaltax: 1, _salesorderid_value: order, _customerid_value: account, statecode: 0 });
    expect(made.json["invoicenumber"]).toMatch(/^INV-\d{5}-[0-9A-F]{6}$/);
    const [line] = (await read(`invoices(${String(made.json["invoiceid"])})/invoice_details`))["value"] as Body[];
    const [from] = (await read(`salesorders(${order})/order_details`))["value"] as Body[];
    expect(line).toMatchObject({ extendedamount: 11, _salesorderdetailid_value: from?.["salesorderdetailid"] });
  });
  test("with the columns that were asked for; without a ColumnSet not at all", async () => {
    expect(Object.keys((await convert({ ColumnSet: { AllColumns: false, Columns: ["name"] } })).json).filter((name) => !name.startsWith("@")).sort()).toEqual(["invoiceid", "name"]);
    expect((await convert({ ColumnSet: undefined })).error.code).toBe("0x80040203");
  });
  test("at locked prices with the order's totals", async () => {
    await o.call("sysadmin", "POST", `salesorders(${order})/Microsoft.Dynamics.CRM.LockSalesOrderPricing`, {});
    expect((await convert()).json).toMatchObject({ totalamount: 11, ispricelocked: true });
  });
  test.each([[false, { statecode: 0 }], [true, { statecode: 4, statuscode: 100003 }]])("switch conversionInvoicesOrder %p", async (on, expected) => {
    await turn({ conversionInvoicesOrder: on });
    await convert();
    expect(await read(`salesorders(${order})`)).toMatchObject(expected);
    await turn({ conversionInvoicesOrder: false });
  });
});

test("a switch that is none, or of another kind, is refused", async () => {
  expect([(await o.sandbox("POST", "switches", { nosuch: true })).status, (await o.sandbox("POST", "switches", { importMs: true })).status]).toEqual([400, 400]);
});
