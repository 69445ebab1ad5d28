// The forms that Dynamics 365 Sales brings itself, as far as an order and an invoice need them: no component of any solution in them.
const cell = (column: string, label: string, extra = ""): string => `<row><cell><labels><label description="${label}" languagecode="1033"/></labels><control id="${column}" datafieldname="${column}" ${extra}/></cell></row>`;
const section = (name: string, label: string, rows: string): string => `<section name="${name}" showlabel="true"><labels><label description="${label}" languagecode="1033"/></labels><rows>${rows}</rows></section>`;
const lines = (relationship: string, table: string): string => `<row><cell colspan="2"><labels><label description="Products" languagecode="1033"/></labels><control id="lines" classid="{E7A81278-8635-4D9E-8D4D-59480B391C5B}"><parameters><RelationshipName>${relationship}</RelationshipName><TargetEntityType>${table}</TargetEntityType></parameters></control></cell></row>`;

const order = `<form><header><rows>${cell("totalamount", "Total Amount")}${cell("statuscode", "Status Reason")}${cell("ownerid", "Owner")}</rows></header><tabs>
<tab name="summary_tab"><labels><label description="Summary" languagecode="1033"/></labels><columns><column width="50%"><sections>
${section("order information", "Order information", cell("ordernumber", "Order ID", "disabled=\"true\"") + cell("name", "Name") + cell("customerid", "Potential Customer") + cell("transactioncurrencyid", "Currency") + cell("ispricelocked", "Prices Locked"))}
${section("products", "Products", lines("order_details", "salesorderdetail"))}</sections></column><column width="50%"><sections>
${section("totals", "Totals", cell("totallineitemamount", "Detail Amount", "disabled=\"true\"") + cell("totaltax", "Total Tax", "disabled=\"true\"") + cell("totalamount", "Total Amount", "disabled=\"true\""))}
${section("addresses", "Bill to", cell("billto_name", "Name") + cell("billto_line1", "Street 1") + cell("billto_city", "City") + cell("billto_stateorprovince", "State/Province") + cell("billto_postalcode", "ZIP/Postal Code") + cell("billto_country", "Country/Region"))}</sections></column></columns></tab>
<tab name="details_tab"><labels><label description="Details" languagecode="1033"/></labels><columns><column width="100%"><sections>${section("description_section", "Description", cell("description", "Description") + cell("requestdeliveryby", "Requested Delivery Date"))}</sections></column></columns></tab></tabs></form>`;

const invoice = `<form><header><rows>${cell("totalamount", "Total Amount")}${cell("statuscode", "Status Reason")}${cell("ownerid", "Owner")}</rows></header><tabs>
<tab name="summary_tab"><labels><label description="Summary" languagecode="1033"/></labels><columns><column width="50%"><sections>
${section("invoice information", "Invoice information", cell("invoicenumber", "Invoice ID", "disabled=\"true\"") + cell("name", "Name") + cell("customerid", "Customer") + cell("salesorderid", "Order") + cell("transactioncurrencyid", "Currency"))}
${section("products", "Products", lines("invoice_details", "invoicedetail"))}</sections></column><column width="50%"><sections>
${section("totals", "Totals", cell("totallineitemamount", "Detail Amount", "disabled=\"true\"") + cell("totaltax", "Total Tax", "disabled=\"true\"") + cell("totalamount", "Total Amount", "disabled=\"true\""))}</sections></column></columns></tab></tabs></form>`;

const generic = (name: string): string => `<form><tabs><tab name="general"><labels><label description="General" languagecode="1033"/></labels><columns><column width="100%"><sections>${section("general", "General", cell(name, "Name") + cell("ownerid", "Owner"))}</sections></column></columns></tab></tabs></form>`;
const account = `<form><tabs><tab name="summary"><labels><label description="Summary" languagecode="1033"/></labels><columns><column width="100%"><sections>${section("account", "Account information", cell("name", "Account Name") + cell("telephone1", "Main Phone") + cell("emailaddress1", "Email") + cell("address1_line1", "Street 1") + cell("address1_city", "City"))}</sections></column></columns></tab></tabs></form>`;

export const VENDOR_FORM_ID = "00000000-0000-0000-0000-00000000f0f0";
/** The vendor's form of a standard table; undefined for tables that only a solution knows. */
export function vendorForm(table: string, primaryName: string): { readonly id: string; readonly name: string; readonly xml: string } | undefined {
  const forms: Readonly<Record<string, readonly [string, string]>> = { salesorder: ["Order", order], invoice: ["Invoice", invoice], account: ["Account", account] };
  const found = forms[table];
  if (found !== undefined) return { id: VENDOR_FORM_ID, name: found[0], xml: found[1] };
  return table.includes("_") ? undefined : { id: VENDOR_FORM_ID, name: "Information", xml: generic(primaryName) };
}
