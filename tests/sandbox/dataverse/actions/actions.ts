// Functions and actions by name: who am I, versions, sales, importing solutions, metadata changes. Bound, collection-bound and unbound spellings.
import { methodNotAllowed, noSegment } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import { reactivateKey } from "../jobs/key-indexes.ts";
import { metadataChanges } from "../metadata/changes.ts";
import { assertNamedPrivilege } from "../security/access.ts";
import { empty, jsonBody, odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import { deleteAndPromote, exportSolution, importLater, importNow, stageSolution } from "./solutions.ts";
import { publishRule, unpublishRule } from "./duplicates.ts";
import { merge } from "./merge.ts";
import { convertQuote, generateFromOpportunity, productsFromOpportunity } from "./quotes.ts";
import { addToQueue } from "./queues.ts";
import { addPrivileges, removePrivilege, replacePrivileges, rolePrivileges, userPrivileges } from "./privileges.ts";
import { retrieveEntityRibbon } from "./ribbons.ts";
import { grantAccess, modifyAccess, retrievePrincipalAccess, retrieveShares, revokeAccess } from "./sharing.ts";
import { boundId, calculatePrice, closeOrder, convertToInvoice, lockPricing } from "./sales.ts";

interface Operation { readonly kind: "action" | "function"; readonly run: (context: ApiContext, request: ApiRequest) => Reply }
const VERSION = "9.2.26111.00110";

const answer = (context: ApiContext, name: string, body: Record<string, unknown>): Reply => odata(200, { "@odata.context": `${context.organization.baseUrl}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.${name}Response`, ...body });
const action = (run: Operation["run"]): Operation => ({ kind: "action", run });
const func = (run: Operation["run"]): Operation => ({ kind: "function", run });

const OPERATIONS: Readonly<Record<string, Operation>> = {
  WhoAmI: func((context) => answer(context, "WhoAmI", { BusinessUnitId: context.caller.businessUnitId, UserId: context.caller.userId, OrganizationId: context.organization.id })),
  RetrieveVersion: func((context) => answer(context, "RetrieveVersion", { Version: VERSION })),
  RetrieveCurrentOrganization: func((context) => answer(context, "RetrieveCurrentOrganization", {
    Detail: { OrganizationId: context.organization.id, FriendlyName: context.organization.name, UniqueName: context.organization.name.toLowerCase().replace(/\W/g, ""), OrganizationVersion: VERSION, EnvironmentId: context.organization.id, Geo: "NA", OrganizationType: context.organization.environmentType === "production" ? "Customer" : "CustomerTest", State: "Enabled" },
  })),
  RetrieveMetadataChanges: func(metadataChanges),
  RetrieveEntityRibbon: func(retrieveEntityRibbon),
  FulfillSalesOrder: action((context, request) => closeOrder(context, request, { state: 3, status: 100001 })),
  CancelSalesOrder: action((context, request) => closeOrder(context, request, { state: 2, status: 4 })),
  ConvertSalesOrderToInvoice: action(convertToInvoice),
  ConvertQuoteToSalesOrder: action(convertQuote),
  GenerateSalesOrderFromOpportunity: action((context, request) => generateFromOpportunity(context, request, "salesorder")),
  GenerateInvoiceFromOpportunity: action((context, request) => generateFromOpportunity(context, request, "invoice")),
  GetSalesOrderProductsFromOpportunity: action((context, request) => productsFromOpportunity(context, request, "salesorder")),
  GetInvoiceProductsFromOpportunity: action((context, request) => productsFromOpportunity(context, request, "invoice")),
  LockSalesOrderPricing: action((context, request) => lockPricing(context, "salesorder", boundId(context, request), true)),
  UnlockSalesOrderPricing: action((context, request) => lockPricing(context, "salesorder", jsonBody(request.body)["SalesOrderId"], false)),
  LockInvoicePricing: action((context, request) => lockPricing(context, "invoice", boundId(context, request), true)),
  UnlockInvoicePricing: action((context, request) => lockPricing(context, "invoice", jsonBody(request.body)["InvoiceId"], false)),
  ReactivateEntityKey: action((context, request) => {
    assertNamedPrivilege(context.organization, context.caller, "prvWriteEntity");
    const body = jsonBody(request.body);
    reactivateKey(context.organization, { table: body["EntityLogicalName"], key: body["EntityKeyLogicalName"] }, context.caller.userId);
    return empty();
  }),
  AddPrivilegesRole: action(addPrivileges),
  ReplacePrivilegesRole: action(replacePrivileges),
  RemovePrivilegeRole: action(removePrivilege),
  RetrieveRolePrivilegesRole: func(rolePrivileges),
  RetrieveUserPrivileges: func(userPrivileges),
  GrantAccess: action(grantAccess),
  ModifyAccess: action(modifyAccess),
  RevokeAccess: action(revokeAccess),
  RetrievePrincipalAccess: func(retrievePrincipalAccess),
  RetrieveSharedPrincipalsAndAccess: func(retrieveShares),
  Merge: action(merge),
  AddToQueue: action(addToQueue),
  PublishDuplicateRule: action(publishRule),
  UnpublishDuplicateRule: action(unpublishRule),
  CalculatePrice: action(calculatePrice),
  PublishAllXml: action(() => empty()),
  PublishXml: action(() => empty()),
  ImportSolution: action(importNow),
  ImportSolutionAsync: action(importLater),
  StageSolution: action(stageSolution),
  DeleteAndPromote: action(deleteAndPromote),
  ExportSolution: action(exportSolution),
};

const nameOf = (path: string): string => /^(?:.*\/)?(?:Microsoft\.Dynamics\.CRM\.)?(\w+)(?:\([^)]*\))?$/s.exec(path)?.[1] ?? "";
export const isOperation = (path: string): boolean => (path.includes("Microsoft.Dynamics.CRM.") || !path.includes("/")) && Object.hasOwn(OPERATIONS, nameOf(path));

export function callOperation(context: ApiContext, request: ApiRequest): Reply {
  const operation = OPERATIONS[nameOf(request.path)];
  if (operation === undefined) throw noSegment(request.path);
  if (request.method !== (operation.kind === "action" ? "POST" : "GET")) throw methodNotAllowed();
  return operation.run(context, request);
}
