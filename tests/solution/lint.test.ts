// Every lint rule: a small break of our own solution, the rule that finds it, and a sentence that says how to mend it.
import { describe, expect, test } from "@jest/globals";
import { assembleEntries, lintSolution, packageIsWellFormed, readSolution } from "@cybs/packer";
import { product, productWith } from "./support/product.ts";

type Changes = Parameters<typeof productWith>[0];
interface Case { rule: string; break: string; changes: Changes; says: RegExp }

const swap = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
const PAYMENT = "Entities/cybs_Payment/Entity.xml";
const MANIFEST = "Other/Solution.xml";
const RIBBON = "Entities/SalesOrder/RibbonDiff.xml";
const SCRIPT = "WebResources/cybs_/js/payments.js.data.xml";
const PICKER = "Controls/cybs_CybersourcePayments.CardPicker/ControlManifest.xml";
const FINANCE = "Roles/Cybersource Payments – Finance.xml";
const ORDER_RELATIONSHIPS = "Other/Relationships/SalesOrder.xml";

const pathOf = (pattern: RegExp): string => product().paths.find((path) => pattern.test(path)) ?? "";
const paymentForm = pathOf(/^Entities\/cybs_Payment\/FormXml\/main\/\{[^_]+\.xml$/);
const requestForm = product().paths.find((path) => path.startsWith("Entities/cybs_PaymentRequest/FormXml/main/") && !path.endsWith("_managed.xml")
  && new TextDecoder().decode(product().bytes(path)).includes("CardPicker")) ?? "";
const paymentView = pathOf(/^Entities\/cybs_Payment\/SavedQueries\//);
const both = (path: string, change: (text: string) => string): Changes => ({ [path]: change, [path.replace(".xml", "_managed.xml")]: change });

const SITE_MAP = "AppModuleSiteMaps/cybs_CybersourcePayments/AppModuleSiteMap.xml";
const APP = "AppModules/cybs_CybersourcePayments/AppModule.xml";
const holding = (pattern: RegExp, words: string): string => product().paths.find((path) => pattern.test(path) && new TextDecoder().decode(product().bytes(path)).includes(words)) ?? "";
const paymentChart = pathOf(/^Entities\/cybs_Payment\/Visualizations\//);
const dashboard = holding(/^Dashboards\//, "\"Payments today\"");
const awaitingView = holding(/^Entities\/cybs_RefundRequest\/SavedQueries\//, "awaiting_approval");
const flowData = (state: string): string => `<Workflow WorkflowId="{00000000-0000-4000-8000-000000000001}" Name="Tell"><JsonFileName>/Workflows/Tell-00000000-0000-4000-8000-000000000001.json</JsonFileName><StateCode>${state}</StateCode></Workflow>`;
const flowWith = (definition: object): Changes => ({ "Workflows/Tell-00000000-0000-4000-8000-000000000001.json.data.xml": flowData("0"), "Workflows/Tell-00000000-0000-4000-8000-000000000001.json": JSON.stringify(definition) });

const CASES: Case[] = [
  { rule: "source-serves-both-types", break: "the source says it is managed", changes: { [MANIFEST]: swap("<Managed>2<", "<Managed>1<") }, says: /Write <Managed>2<\/Managed>/ },
  { rule: "version-has-four-parts", break: "the version has three parts", changes: { [MANIFEST]: swap("<Version>1.0.0.0<", "<Version>1.0.0<") }, says: /four numbers/ },
  { rule: "root-components-match", break: "a table is not listed", changes: { [MANIFEST]: swap(/ *<RootComponent type="1" schemaName="cybs_payment" .*\n/, "") }, says: /not listed in Other\/Solution.xml. Add/ },
  { rule: "root-components-match", break: "a listed web resource has no file", changes: { [SCRIPT]: undefined, "WebResources/cybs_/js/payments.js": undefined }, says: /not defined by any file. Add its file/ },
  { rule: "root-components-match", break: "the order table is listed as our own", changes: { [MANIFEST]: swap("schemaName=\"salesorder\" behavior=\"2\"", "schemaName=\"salesorder\" behavior=\"0\"") }, says: /Write behavior="2"/ },
  { rule: "skeleton-has-sections", break: "the skeleton has no section for roles", changes: { "Other/Customizations.xml": swap("  <Roles />\n", "") }, says: /Add the empty element/ },
  { rule: "forms-have-twins", break: "a form has no managed twin", changes: { [paymentForm.replace(".xml", "_managed.xml")]: undefined }, says: /Copy it to/ },
  { rule: "forms-have-twins", break: "the twin differs", changes: { [paymentForm]: swap("Amounts", "Sums") }, says: /Copy the file again/ },
  { rule: "forms-have-twins", break: "a twin stands alone", changes: { [paymentForm]: undefined }, says: /remove the twin/ },
  { rule: "names-carry-prefix", break: "a column has another prefix", changes: { [PAYMENT]: (text) => text.replaceAll("cybs_Brand", "new_Brand").replaceAll("cybs_brand", "new_brand") }, says: /Begin it with cybs_/ },
  { rule: "option-values-in-range", break: "a choice value is outside the range", changes: { [PAYMENT]: swap("<option value=\"727000003\">", "<option value=\"100000003\">") }, says: /Use 727000000 to 727009999/ },
  { rule: "columns-are-described", break: "a column has no description", changes: { [PAYMENT]: swap("description=\"Amount that was taken.\"", "description=\"\"") }, says: /cybs_capturedamount has no English description. Add one/ },
  { rule: "columns-are-described", break: "a choice has no label", changes: { [PAYMENT]: swap("description=\"Partly captured\"", "description=\"\"") }, says: /label for 727000002/ },
  { rule: "languages-are-listed", break: "a label is in a language that is not listed", changes: { [PAYMENT]: swap("description=\"Payments\" languagecode=\"1033\"", "description=\"Zahlungen\" languagecode=\"1036\"") }, says: /Add <Language>1036<\/Language>/ },
  { rule: "introduced-versions-are-valid", break: "a version is no version", changes: { [PAYMENT]: swap("<IntroducedVersion>1.0.0.0<", "<IntroducedVersion>one<") }, says: /two to four numbers/ },
  { rule: "columns-are-consistent", break: "a key names a missing column", changes: { "Entities/cybs_PaymentTransaction/Entity.xml": swap("<AttributeName>cybs_effectid<", "<AttributeName>cybs_effect<") }, says: /Correct the key/ },
  { rule: "columns-are-consistent", break: "a column's names differ", changes: { [PAYMENT]: swap("<LogicalName>cybs_brand<", "<LogicalName>cybs_brands<") }, says: /in lower case/ },
  { rule: "ids-are-sound", break: "an id is in upper case", changes: { [FINANCE]: (text) => text.replace(/id="(\{[^}]+\})"/, (_, id: string) => `id="${id.toUpperCase()}"`) }, says: /lower-case guid/ },
  { rule: "ids-are-sound", break: "a view's file is not named after it", changes: { [paymentView]: swap(/<savedqueryid>\{./, "<savedqueryid>{f") }, says: /Rename the file/ },
  { rule: "ids-are-sound", break: "two roles have one id", changes: { [FINANCE]: (text) => text.replace(/id="\{[^}]+\}"/, `id="${/id="(\{[^}]+\})"/.exec(new TextDecoder().decode(product().bytes("Roles/Cybersource Payments – Relay.xml")))?.[1] ?? ""}"`) }, says: /also the id of/ },
  { rule: "web-resources-are-complete", break: "a web resource's file name is not the exported one", changes: { [SCRIPT]: swap("<FileName>/WebResources/", "<FileName>/WebResources/js_") }, says: /Write \/WebResources\/cybs_jspaymentsjs/ },
  { rule: "web-resources-are-complete", break: "the script is not built", changes: { "WebResources/cybs_/js/payments.js": undefined }, says: /npm run build/ },
  { rule: "web-resources-are-complete", break: "a web resource lies in the wrong folder", changes: { [SCRIPT]: swap("<Name>cybs_/js/", "<Name>cybs_/scripts/") }, says: /Move it to/ },
  { rule: "web-resources-are-complete", break: "a web resource is too big", changes: { "WebResources/cybs_/js/payments.js": "x".repeat(5 * 1024 * 1024 + 1) }, says: /Make it smaller/ },
  { rule: "controls-are-complete", break: "a control is not built", changes: { [PICKER]: undefined }, says: /Build the controls/ },
  { rule: "controls-are-complete", break: "a control is of another namespace", changes: { [PICKER]: swap("namespace=\"CybersourcePayments\"", "namespace=\"Payments\"") }, says: /Make namespace and constructor agree/ },
  { rule: "controls-are-complete", break: "a control's code is missing", changes: { [PICKER.replace("ControlManifest.xml", "bundle.js")]: undefined }, says: /code bundle.js is missing/ },
  { rule: "controls-are-complete", break: "a control's data names another folder", changes: { [`${PICKER}.data.xml`]: swap("<FileName>/Controls/", "<FileName>/Control/") }, says: /All three are/ },
  { rule: "no-environment-variable-values", break: "a value is shipped", changes: { "environmentvariabledefinitions/cybs_relayurl/environmentvariablevalues.json": "{}" }, says: /Delete the file/ },
  { rule: "every-file-has-a-place", break: "a file is of no known kind", changes: { "Entities/cybs_Payment/Notes.txt": "note" }, says: /delete it/ },
  { rule: "every-file-has-a-place", break: "a web resource has no data file", changes: { "WebResources/cybs_/js/other.js": "x" }, says: /delete it/ },
  { rule: "every-file-has-a-place", break: "a control is built that the solution does not name", changes: { "Controls/cybs_CybersourcePayments.Other/ControlManifest.xml": "<manifest />" }, says: /delete it/ },
  { rule: "form-columns-exist", break: "a form shows a column that is not there", changes: both(paymentForm, swap("datafieldname=\"cybs_brand\"", "datafieldname=\"cybs_colour\"")), says: /shows cybs_colour, which cybs_payment does not have/ },
  { rule: "form-ids-are-unique", break: "a control is twice on a form", changes: both(paymentForm, swap("<control id=\"cybs_lastfour\"", "<control id=\"cybs_brand\"")), says: /used twice/ },
  { rule: "subgrids-resolve", break: "a subgrid shows a view that is not shipped", changes: both(paymentForm, swap(/<ViewId>\{./, "<ViewId>{0")), says: /Use the id of a view/ },
  { rule: "subgrids-resolve", break: "a subgrid uses a relationship that leads elsewhere", changes: both(paymentForm, swap("<RelationshipName>cybs_Payment_PaymentTransactions<", "<RelationshipName>cybs_PaymentRequest_PaymentTransactions<")), says: /Name one below/ },
  { rule: "form-scripts-are-shipped", break: "a form loads a script that is not shipped", changes: both(requestForm, swap("<Library name=\"cybs_/js/payments.js\"", "<Library name=\"cybs_/js/other.js\"")), says: /not shipped/ },
  { rule: "form-scripts-are-shipped", break: "a handler gets no context", changes: both(requestForm, swap("passExecutionContext=\"true\"", "passExecutionContext=\"false\"")), says: /passExecutionContext="true"/ },
  { rule: "form-controls-are-shipped", break: "a form uses a control that is not shipped", changes: both(requestForm, (text) => text.replaceAll("CybersourcePayments.CardPicker", "CybersourcePayments.CardChooser")), says: /not shipped/ },
  { rule: "form-controls-are-shipped", break: "a control is not bound for the phone", changes: both(requestForm, swap("formFactor=\"1\"", "formFactor=\"2\"")), says: /0, 1 and 2/ },
  { rule: "form-controls-are-shipped", break: "a binding belongs to no control", changes: both(requestForm, swap(/forControl="\{[^}]+\}/, "forControl=\"{00000000-0000-4000-8000-000000000001}")), says: /Use a control's uniqueid/ },
  { rule: "view-columns-exist", break: "a view shows a column that it does not fetch", changes: { [paymentView]: swap("<attribute name=\"cybs_customerid\" />", "") }, says: /Add <attribute name="cybs_customerid" \/>/ },
  { rule: "view-columns-exist", break: "a view fetches a column that is not there", changes: { [paymentView]: (text) => text.replaceAll("cybs_customerid", "cybs_client") }, says: /cybs_client, which cybs_payment does not have/ },
  { rule: "view-columns-exist", break: "a view has an object type code", changes: { [paymentView]: swap("<grid name=", "<grid object=\"10042\" name=") }, says: /Remove the attribute object/ },
  { rule: "view-columns-exist", break: "a view fetches another table", changes: { [paymentView]: swap("<entity name=\"cybs_payment\">", "<entity name=\"account\">") }, says: /Fetch cybs_payment/ },
  { rule: "ribbon-resolves", break: "a button runs nothing", changes: { [RIBBON]: swap("Command=\"cybs.salesorder.TakePayment\"", "Command=\"cybs.salesorder.Take\"") }, says: /Add its CommandDefinition/ },
  { rule: "ribbon-resolves", break: "an enable rule is not defined", changes: { [RIBBON]: swap("<EnableRule Id=\"cybs.salesorder.TakePayment.CanTakePayment\">", "<EnableRule Id=\"cybs.Other\">") }, says: /Add it to RuleDefinitions/ },
  { rule: "ribbon-resolves", break: "a label has no title", changes: { [RIBBON]: swap("<LocLabel Id=\"cybs.salesorder.TakePayment.Alt\">", "<LocLabel Id=\"cybs.Other\">") }, says: /Add a LocLabel/ },
  { rule: "ribbon-resolves", break: "an icon is not shipped", changes: { [RIBBON]: swap("ModernImage=\"$webresource:cybs_/icons/take-payment.svg\"", "ModernImage=\"$webresource:cybs_/icons/other.svg\"") }, says: /not shipped/ },
  { rule: "lookups-have-relationships", break: "a lookup has no relationship", changes: { [ORDER_RELATIONSHIPS]: swap(/ {2}<EntityRelationship Name="cybs_SalesOrder_Payments">[\s\S]*?<\/EntityRelationship>\n/, "") }, says: /cybs_salesorderid has 0 relationships and needs 1/ },
  { rule: "relationship-list-matches", break: "a relationship is not in the list", changes: { "Other/Relationships.xml": swap("  <EntityRelationship Name=\"cybs_SalesOrder_Payments\" />\n", "") }, says: /Add its name there/ },
  { rule: "relationship-list-matches", break: "the list names what is not defined", changes: { "Other/Relationships.xml": swap("cybs_SalesOrder_Payments", "cybs_SalesOrder_Others") }, says: /is not defined/ },
  { rule: "relationship-list-matches", break: "a relationship lies in the wrong file", changes: { [ORDER_RELATIONSHIPS]: swap("<ReferencedEntityName>SalesOrder<", "<ReferencedEntityName>Quote<") }, says: /Move it to Other\/Relationships\/Quote.xml/ },
  { rule: "nothing-cascades", break: "deleting an order would delete its payments", changes: { [ORDER_RELATIONSHIPS]: swap("<CascadeDelete>Restrict<", "<CascadeDelete>Cascade<") }, says: /Write <CascadeDelete>Restrict/ },
  { rule: "nothing-cascades", break: "assigning an order would assign its payments", changes: { [ORDER_RELATIONSHIPS]: swap("<CascadeAssign>NoCascade<", "<CascadeAssign>Cascade<") }, says: /cascades assign/ },
  { rule: "roles-grant-our-tables-only", break: "a role grants rights on a standard table", changes: { [FINANCE]: swap("prvReadcybs_Payment\"", "prvReadAccount\"") }, says: /the customer's own roles/ },
  { rule: "roles-grant-our-tables-only", break: "a privilege is spelled in lower case", changes: { [FINANCE]: swap("prvReadcybs_Payment\"", "prvReadcybs_payment\"") }, says: /Correct the name/ },
  { rule: "roles-grant-our-tables-only", break: "an organization's table has a depth", changes: { [FINANCE]: swap("name=\"prvReadcybs_MerchantAccount\" level=\"Global\"", "name=\"prvReadcybs_MerchantAccount\" level=\"Local\"") }, says: /only have the level Global/ },
  { rule: "roles-grant-our-tables-only", break: "a level is no level", changes: { [FINANCE]: swap("name=\"prvReadcybs_Payment\" level=\"Global\"", "name=\"prvReadcybs_Payment\" level=\"All\"") }, says: /Use Basic, Local, Deep or Global/ },
  { rule: "labels-are-translated", break: "a column has no German label", changes: { [PAYMENT]: swap(/ *<displayname description="Kartenmarke" languagecode="1031" \/>\n/, "") }, says: /"Card brand" has no words in language 1031. Add one more label/ },
  { rule: "labels-are-translated", break: "an entry of the site map has no German title", changes: both(SITE_MAP, swap(/ *<Title LCID="1031" Title="Zahlungen" \/>\n/, "")), says: /"Payments" has no words in language 1031/ },
  { rule: "names-carry-prefix", break: "the publisher has Microsoft's prefix", changes: { [MANIFEST]: swap("<CustomizationPrefix>cybs<", "<CustomizationPrefix>crm<") }, says: /reserved for Microsoft/ },
  { rule: "view-columns-exist", break: "a view reaches a column that is not there through a link", changes: { [awaitingView]: swap("attribute=\"cybs_isfinal\"", "attribute=\"cybs_isdone\"") }, says: /reaches cybs_isdone, which cybs_paymenttransaction does not have/ },
  { rule: "chart-columns-exist", break: "a chart sums a column that is not there", changes: { [paymentChart]: swap(/<attribute name="[^"]+" groupby/, "<attribute name=\"cybs_colour\" groupby") }, says: /uses cybs_colour, which cybs_payment does not have/ },
  { rule: "chart-columns-exist", break: "a chart shows what it does not fetch", changes: { [paymentChart]: swap("<category alias=\"category\">", "<category alias=\"brand\">") }, says: /Give an attribute that alias/ },
  { rule: "chart-columns-exist", break: "a chart fetches another table", changes: { [paymentChart]: swap("<entity name=\"cybs_payment\">", "<entity name=\"account\">") }, says: /Fetch cybs_payment/ },
  { rule: "dashboard-tiles-resolve", break: "a tile shows a view that is not shipped", changes: { [dashboard]: swap(/<ViewId>\{./, "<ViewId>{0") }, says: /no shipped view of cybs_payment/ },
  { rule: "dashboard-tiles-resolve", break: "a tile shows a chart of another table", changes: { [dashboard]: swap(/<TargetEntityType>cybs_payment</, "<TargetEntityType>cybs_creditmemo<") }, says: /no shipped chart of cybs_creditmemo/ },
  { rule: "ids-are-sound", break: "a dashboard's file is named otherwise", changes: { [dashboard]: swap(/<FormId>\{./, "<FormId>{0") }, says: /Rename the file/ },
  { rule: "form-ids-are-unique", break: "two tiles of a dashboard share an id", changes: { [dashboard]: swap("<control id=\"captured_by_day\"", "<control id=\"payments_by_status\"") }, says: /used twice/ },
  { rule: "app-components-exist", break: "the app contains a table that is not shipped", changes: both(APP, swap("schemaName=\"cybs_bulkrun\"", "schemaName=\"cybs_run\"")), says: /the table cybs_run, which is not shipped/ },
  { rule: "app-components-exist", break: "the app contains a dashboard that is not shipped", changes: both(APP, swap(/type="60" id="\{./, "type=\"60\" id=\"{0")), says: /form or dashboard \{0/ },
  { rule: "app-components-exist", break: "the app is opened to a role that is not shipped", changes: both(APP, swap("{9a8d012e-6dd7-4f10-9f2e-24380992bd9e}", "{9a8d012e-6dd7-4f10-9f2e-24380992bd9f}")), says: /Use the id of a file below Roles/ },
  { rule: "site-maps-resolve", break: "an entry leads to a table that is not in the solution", changes: both(SITE_MAP, swap("Entity=\"cybs_creditmemo\"", "Entity=\"cybs_memo\"")), says: /cybs_sub_memos leads to the table cybs_memo/ },
  { rule: "site-maps-resolve", break: "an entry leads to a view that is not shipped", changes: both(SITE_MAP, swap("viewid=%7b", "viewid=%7b0")), says: /leads to the view/ },
  { rule: "site-maps-resolve", break: "an entry leads to a dashboard that is not shipped", changes: both(SITE_MAP, swap("DefaultDashboard=\"", "DefaultDashboard=\"0")), says: /leads to the dashboard/ },
  { rule: "site-maps-resolve", break: "two entries share an id", changes: both(SITE_MAP, swap("Id=\"cybs_sub_memos\"", "Id=\"cybs_sub_cards\"")), says: /used twice/ },
  { rule: "site-maps-resolve", break: "an icon is not shipped", changes: both(SITE_MAP, swap("Icon=\"/WebResources/cybs_/icons/credit-memo.svg\" Entity", "Icon=\"/WebResources/cybs_/icons/other.svg\" Entity")), says: /has the icon cybs_\/icons\/other.svg/ },
  { rule: "site-maps-resolve", break: "the site map is named otherwise than its folder", changes: both(SITE_MAP, swap("<SiteMapUniqueName>cybs_CybersourcePayments<", "<SiteMapUniqueName>cybs_Other<")), says: /Rename the folder/ },
  { rule: "flows-are-complete", break: "a flow has no definition", changes: { "Workflows/Tell-00000000-0000-4000-8000-000000000001.json.data.xml": flowData("0") }, says: /is missing. Put the flow's definition there/ },
  { rule: "flows-are-complete", break: "a flow uses a connection that is not declared", changes: flowWith({ properties: { connectionReferences: { dataverse: { connection: { connectionReferenceLogicalName: "cybs_dataverse" } } } } }), says: /cybs_dataverse, which is not declared. Add it to connectionreferences/ },
  { rule: "flows-are-complete", break: "a flow reads an environment variable that is not shipped", changes: flowWith({ properties: { definition: { parameters: { "Relay (cybs_other)": { metadata: { schemaName: "cybs_other" } } } } } }), says: /environment variable cybs_other, which is not shipped/ },
  { rule: "flows-are-complete", break: "a flow is shipped switched on", changes: { ...flowWith({}), "Workflows/Tell-00000000-0000-4000-8000-000000000001.json.data.xml": flowData("1") }, says: /Write <StateCode>0/ },
  { rule: "flows-are-complete", break: "a flow is no JSON", changes: { ...flowWith({}), "Workflows/Tell-00000000-0000-4000-8000-000000000001.json": "{" }, says: /Export the flow again/ },
  { rule: "connectors-are-complete", break: "a connector has no OpenAPI file", changes: { "Connectors/cybs_relay.xml": "<Connector><openapidefinition>/Connectors/cybs_relay_openapidefinition.json</openapidefinition></Connector>" }, says: /Write \/Connector\/… and put the file below Connectors/ },
];

describe("lint", () => {
  test("finds nothing wrong with our solution", () => {
    expect(lintSolution(readSolution(product()))).toEqual([]);
  });

  test.each(CASES)("$rule: $break", ({ rule, changes, says }) => {
    const found = lintSolution(readSolution(productWith(changes))).filter((finding) => finding.rule === rule);
    expect(found.map(({ message }) => message).join("\n")).toMatch(says);
    for (const { message } of found) expect(message).toMatch(/\.$/);
  });

  test.each([
    { part: "a\\b.xml", says: /Use forward slashes/ },
    { part: "Folder/", says: /Leave folders out/ },
    { part: "readme.txt", says: /Only three files/ },
    { part: "Data/thing.zzz", says: /does not cover it/ },
  ])("package-is-well-formed: $part", ({ part, says }) => {
    const entries = new Map([...assembleEntries(product(), "unmanaged"), [part, new Uint8Array()] as const]);
    expect(packageIsWellFormed(entries).map(({ message }) => message).join("\n")).toMatch(says);
  });

  test("package-is-well-formed: a missing manifest", () => {
    const entries = new Map(assembleEntries(product(), "unmanaged"));
    entries.delete("solution.xml");
    expect(packageIsWellFormed(entries).map(({ path }) => path)).toContain("solution.xml");
  });
});
