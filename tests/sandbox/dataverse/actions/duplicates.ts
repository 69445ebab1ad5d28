// PublishDuplicateRule and UnpublishDuplicateRule: a rule counts only once a system job has published it.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/publishduplicaterule
import type { Reply } from "../../kit/faults.ts";
import { notFound } from "../errors.ts";
import { enterJob, OPERATION_TYPES } from "../jobs/system-jobs.ts";
import type { Organization } from "../organization.ts";
import { PUBLISHED, UNPUBLISHED } from "../rules/duplicates.ts";
import { assertNamedPrivilege } from "../security/access.ts";
import type { Row } from "../store/rows.ts";
import { empty, jsonBody, odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import { boundId } from "./sales.ts";

function set(organization: Organization, id: string, change: Row): void {
  const { store, model } = organization;
  const row = store.get("duplicaterule", id);
  if (row === undefined) throw notFound("duplicaterule", id);
  store.put(model.table("duplicaterule"), { ...row, ...change, versionnumber: store.nextVersion() });
}

export function publishRule(context: ApiContext, request: ApiRequest): Reply {
  const { organization, caller } = context;
  assertNamedPrivilege(organization, caller, "prvPublishDuplicateRule");
  const id = boundId(context, request);
  set(organization, id, { statecode: 0, statuscode: 1 });
  const job = enterJob(organization, { name: "PublishDuplicateRule", operationType: OPERATION_TYPES.duplicateRulePublish, delayMs: organization.switches.systemJobMs, userId: caller.userId, work: () => { set(organization, id, PUBLISHED); } });
  return odata(200, { "@odata.context": `${organization.baseUrl}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.PublishDuplicateRuleResponse`, JobId: job });
}

export function unpublishRule(context: ApiContext, request: ApiRequest): Reply {
  assertNamedPrivilege(context.organization, context.caller, "prvPublishDuplicateRule");
  const id = jsonBody(request.body)["DuplicateRuleId"];
  set(context.organization, typeof id === "string" ? id.toLowerCase() : "", UNPUBLISHED);
  return empty();
}
