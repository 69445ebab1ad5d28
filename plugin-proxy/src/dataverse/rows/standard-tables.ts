// Names of Dataverse's own tables and columns that we read; ours come from @cybs/schema.
// learn.microsoft.com/dynamics365/developer/reference/entities/salesorder (and its neighbours)
export const salesOrder = {
  entitySetName: "salesorders",
  columns: { id: "salesorderid", number: "ordernumber", name: "name", total: "totalamount", stateCode: "statecode", statusCode: "statuscode" },
  lookupValues: { customer: "_customerid_value", owner: "_ownerid_value", owningBusinessUnit: "_owningbusinessunit_value" },
  navigation: { customerAccount: "customerid_account", customerContact: "customerid_contact", currency: "transactioncurrencyid", details: "order_details" },
  /** Active and Submitted orders can still be paid; cancelled, fulfilled and invoiced ones cannot. Only active ones can be written. */
  states: { active: 0, submitted: 1, cancelled: 2 },
} as const;
export const salesOrderDetail = {
  columns: { description: "productdescription", productName: "productname", quantity: "quantity", unitPrice: "priceperunit", tax: "tax" },
  lookupValues: { unit: "_uomid_value" },
  navigation: { product: "productid" },
} as const;
/** Its columns are those of an order's line. */
export const invoiceDetail = { entitySetName: "invoicedetails", lookupValues: { invoice: "_invoiceid_value" } } as const;
export const product = { columns: { number: "productnumber", name: "name" } } as const;
export const account = { entitySetName: "accounts", lookupValues: { parent: "_parentaccountid_value" } } as const;
export const contact = { entitySetName: "contacts", lookupValues: { parentCustomer: "_parentcustomerid_value" } } as const;
export const invoice = {
  entitySetName: "invoices",
  columns: { id: "invoiceid", number: "invoicenumber", name: "name", total: "totalamount", stateCode: "statecode", statusCode: "statuscode", createdOn: "createdon" },
  lookupValues: { salesOrder: "_salesorderid_value" },
  states: { active: 0, paid: 2, cancelled: 3 },
  /** Status reasons of a paid invoice. */
  statuses: { complete: 100_001, partial: 100_002 },
} as const;
export const currency = { entitySetName: "transactioncurrencies", columns: { id: "transactioncurrencyid", code: "isocurrencycode" } } as const;
export const systemUser = {
  entitySetName: "systemusers",
  columns: { id: "systemuserid", fullName: "fullname", isDisabled: "isdisabled", accessMode: "accessmode", applicationId: "applicationid" },
  /** Read-Write: the only mode of a person who works with records. Non-interactive is 4, support 3, administrative 1. */
  accessModes: { readWrite: 0 },
} as const;
export const userSettings = { entitySetName: "usersettingscollection", columns: { userId: "systemuserid", uiLanguage: "uilanguageid" } } as const;
/** Regarding has a name of its own on each kind of activity: regardingobjectid_<table>_<activity>. */
export const task = { entitySetName: "tasks", columns: { id: "activityid", subject: "subject", description: "description", end: "scheduledend" }, lengths: { subject: 200, description: 2000 } } as const;
export const email = {
  entitySetName: "emails",
  columns: { id: "activityid", subject: "subject", description: "description", isOutgoing: "directioncode" }, parties: "email_activity_parties",
  lengths: { subject: 800 }, partyMask: "participationtypemask", masks: { sender: 1, to: 2 },
} as const;
/** learn.microsoft.com/power-apps/developer/data-platform/reference/entities/appnotification: an elastic table, which takes part in no change set. */
export const appNotification = {
  entitySetName: "appnotifications",
  columns: { id: "appnotificationid", title: "title", body: "body", data: "data", icon: "icontype", toast: "toasttype" }, lengths: { title: 200, body: 500 },
  icons: { info: 100_000_000, success: 100_000_001, failure: 100_000_002, warning: 100_000_003 }, timedToast: 200_000_000,
} as const;
export const team = { entitySetName: "teams", columns: { id: "teamid", isDefault: "isdefault" }, lookupValues: { businessUnit: "_businessunitid_value" } } as const;
export const businessUnit = { entitySetName: "businessunits", columns: { id: "businessunitid" }, lookupValues: { parent: "_parentbusinessunitid_value" } } as const;

/** Asked for in every read: of which table a lookup's row is. */
export const LOOKUP_TABLE = "@Microsoft.Dynamics.CRM.lookuplogicalname";
/** Asked for where a read says so: of a lookup, its row's name. Costs no `$expand`. */
export const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
