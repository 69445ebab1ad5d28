// The generated names: they match the solution's source, and the tables hold what was agreed on with the other parts.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readSolution } from "@cybs/packer";
import * as schema from "@cybs/schema";
import { product, root } from "./support/product.ts";

const BILL_TO = ["firstname", "lastname", "company", "line1", "line2", "city", "stateorprovince", "postalcode", "country", "emailaddress", "telephone"];

/** Columns by table, without the prefix: what several parts of the product rely on. */
const AGREED: Readonly<Record<string, string>> = {
  cybs_paymentrequest: `salesorderid invoiceid paymentid action amount method paymentmethodid channel savecard consenttextversion state validuntil noncehash bulkrunid bulkline newname ${BILL_TO.map((name) => `billto_${name}`).join(" ")}`,
  cybs_refundrequest: "paymentid invoiceid salesorderid captureid paymentmethodid bulkrunid bulkline action amount reasoncode note validuntil isrefundaccepted",
  cybs_refundapproval: "refundrequestid decision paymentid amount reasoncode note",
  cybs_refundlimit: "systemuserid businessunitid perrefund perday percustomer isenabled",
  cybs_paymentallocation: "paymentid invoiceid salesorderid amount refundedamount state revision",
  cybs_creditmemo: "paymentid paymenttransactionid invoiceid salesorderid customerid refundrequestid amount reasoncode state issuedon",
  cybs_manualpayment: "salesorderid invoiceid customerid reversesid kind amount reference receivedon note",
  cybs_operatordecision: "paymentid paymenttransactionid decision amount note",
  cybs_bulkrun: "action plan planhash linecount amount reasoncode",
  cybs_paymentdecision: "paymentid paymenttransactionid decision amount note",
  cybs_payment: "salesorderid invoiceid customerid merchantaccountid paymentmethodid status riskstatus authorizedamount capturedamount refundedamount reversedamount openamount unknownamount authorizedon expireson brand lastfour revision expirywarnedon settledon nexttext nexton needsattention trail",
  cybs_paymenttransaction: "paymentid paymentrequestid refundrequestid operatordecisionid settledon parentid type status isfinal amount reason agenttext customertext effectid ledgerid attempt merchantreference requestid reconciliationid approvalcode networktransactionid avscode cvncode merchantadvice occurredon nextlookon expireson",
  cybs_paymentmethod: "customerid merchantaccountid tmscustomerid paymentinstrumentid instrumentidentifierid brand lastfour expirymonth expiryyear isdefault state consenttextversion consentedon consentedby consentscope firstnetworktransactionid nickname mergestate",
  cybs_merchantaccount: "merchantid environment businessunitid isenabled multicapture reversalaftervoid captureaftervoid timeoutvoid incremental standalonecredit partialreversal levelthree capturepolicy softdeclinepolicy partialpolicy expirypolicy authorizationdays batchcutoff timezone invoicepaidpolicy reauthorizepolicy releasepolicy creditpolicy receiptpolicy visadays mastercarddays amexdays discoverdays maildays",
  salesorder: "paymentstatus paymentappliedid externalreferenceid",
  invoice: "paymentstatus paymentappliedid externalreferenceid",
  product: "commoditycode",
};

const SYSTEM = ["createdby", "createdon", "createdonbehalfby", "modifiedby", "modifiedon", "modifiedonbehalfby", "importsequencenumber", "overriddencreatedon", "statecode", "statuscode", "timezoneruleversionnumber", "utcconversiontimezonecode"];

describe("the generated schema", () => {
  test("agrees with the solution's source", () => {
    const done = spawnSync(process.execPath, ["--conditions=source", "--no-warnings", join(root, "solution", "schema", "generate.ts"), "--check"], { encoding: "utf8" });
    expect([done.status, done.stderr]).toEqual([0, ""]);
  });

  test("names tables, sets and keys as the Web API does", () => {
    expect(schema.paymentRequestTable).toMatchObject({ logicalName: "cybs_paymentrequest", entitySetName: "cybs_paymentrequests", primaryId: "cybs_paymentrequestid", primaryName: "cybs_name" });
    expect(schema.salesOrderTable).toMatchObject({ logicalName: "salesorder", entitySetName: "salesorders", primaryId: "salesorderid" });
    expect(schema.paymentTransactionTable.keys.effectKey).toEqual(["cybs_effectid"]);
    expect(schema.merchantAccountTable.keys.businessUnitCurrencyKey).toEqual(["cybs_businessunitid", "transactioncurrencyid", "cybs_environment"]);
  });

  test("carries navigation properties in their exact case, one for each target of a customer column", () => {
    expect(schema.paymentRequestTable.navigation.salesOrderId).toBe("cybs_SalesOrderId");
    expect(schema.paymentTable.navigation).toMatchObject({ customerIdAccount: "cybs_CustomerId_account", customerIdContact: "cybs_CustomerId_contact", ownerId: "ownerid", transactionCurrencyId: "transactioncurrencyid" });
  });

  test("numbers choices from the publisher's prefix in the agreed order", () => {
    expect(schema.paymentRequestTable.choices.action.takePayment).toBe(727000000);
    expect(schema.paymentTable.choices.status.unknown).toBe(727000012);
    expect(schema.paymentTransactionTable.choices.status.withdrawn).toBe(727000010);
    expect(schema.paymentMethodTable.choices.brand.other).toBe(727000009);
    expect(schema.merchantAccountTable.choices.capturePolicy.onInvoice).toBe(727000003);
    expect(schema.salesOrderTable.choices.paymentStatus.unknown).toBe(727000007);
  });
});

describe("the tables", () => {
  const tables = readSolution(product()).tables;

  test.each(Object.keys(AGREED))("%s has the agreed columns", (name) => {
    const columns = tables.find((table) => table.logicalName === name)?.columns.filter((column) => column.isCustom).map((column) => column.logicalName) ?? [];
    const agreed = (AGREED[name] ?? "").split(" ").map((column) => `cybs_${column}`);
    const own = columns.filter((column) => !column.endsWith("_base") && column !== "cybs_name");
    expect(own.sort()).toEqual(agreed.sort());
  });

  test.each(tables.filter((table) => !table.isShell).map((table) => table.logicalName))("%s has the columns that the platform adds", (name) => {
    const table = tables.find((one) => one.logicalName === name);
    const owner = table?.ownership === "OrgOwned" ? ["organizationid"] : ["ownerid", "owningbusinessunit", "owningteam", "owninguser"];
    expect(table?.columns.map((column) => column.logicalName)).toEqual(expect.arrayContaining([...SYSTEM, ...owner, `${name}id`, "cybs_name"]));
  });

  test("are owned by users, but for settings", () => {
    expect(tables.filter((table) => !table.isShell && table.ownership !== "UserOwned").map((table) => table.logicalName)).toEqual(["cybs_merchantaccount", "cybs_refundlimit"]);
  });

  test("keep money with four decimals and a base value of its own", () => {
    for (const table of tables) {
      for (const column of table.columns.filter((one) => one.type === "money")) {
        expect([column.logicalName, table.text.slice(column.element.start, column.element.end).includes("<Accuracy>4</Accuracy>")]).toEqual([column.logicalName, true]);
        if (!column.logicalName.endsWith("_base")) expect(table.columns.some((one) => one.logicalName === `${column.logicalName}_base`)).toBe(true);
      }
    }
  });
});
