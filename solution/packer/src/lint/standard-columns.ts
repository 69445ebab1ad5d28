// Columns of standard tables that our forms and views may use: the part of Dynamics 365 Sales' own tables that we rely on.
// learn.microsoft.com/dynamics365/developer/reference/entities/salesorder and …/invoice

/** Columns that the platform adds to tables without exporting them. */
export const PLATFORM_COLUMNS: readonly string[] = ["versionnumber"];

export const STANDARD_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  salesorder: [
    "salesorderid", "name", "ordernumber", "customerid", "totalamount", "totallineitemamount", "totaltax", "freightamount", "discountamount", "discountpercentage",
    "transactioncurrencyid", "exchangerate", "pricelevelid", "ownerid", "owningbusinessunit", "owningteam", "owninguser", "statecode", "statuscode", "createdon", "createdby",
    "modifiedon", "modifiedby", "datefulfilled", "requestdeliveryby", "submitdate", "quoteid", "opportunityid", "billto_composite", "shipto_composite", "paymenttermscode",
  ],
  invoice: [
    "invoiceid", "name", "invoicenumber", "customerid", "totalamount", "totallineitemamount", "totaltax", "freightamount", "discountamount", "discountpercentage",
    "transactioncurrencyid", "exchangerate", "pricelevelid", "ownerid", "owningbusinessunit", "owningteam", "owninguser", "statecode", "statuscode", "createdon", "createdby",
    "modifiedon", "modifiedby", "datedelivered", "duedate", "salesorderid", "opportunityid", "billto_composite", "shipto_composite", "paymenttermscode",
  ],
};

/** Standard views that a form may show, none so far. */
export const STANDARD_VIEWS: ReadonlySet<string> = new Set();
