// Headers that keep custom steps out of a request, each with its privilege; and the tag that steps are shown.
// Source: learn.microsoft.com/power-apps/developer/data-platform/bypass-custom-business-logic
import { DataverseError } from "../errors.ts";
import type { Caller, Organization } from "../organization.ts";
import { assertNamedPrivilege } from "./access.ts";

type Headers = Readonly<Record<string, string | string[] | undefined>>;
const STEPS_MAX = 3;
const text = (headers: Headers, name: string): string => { const value = headers[name]; return typeof value === "string" ? value : ""; };

/** The caller with what his request says. Throws 403 when he may not ask for it. */
export function withRequest(organization: Organization, caller: Caller, headers: Headers, url: string): Caller {
  const plugins = text(headers, "mscrm.bypasscustompluginexecution").toLowerCase() === "true";
  const logic = text(headers, "mscrm.bypassbusinesslogicexecution").split(",").map((one) => one.trim());
  const stepIds = text(headers, "mscrm.bypassbusinesslogicexecutionstepids").split(",").map((one) => one.trim().toLowerCase()).filter((one) => one !== "");
  const [synchronous, asynchronous] = [logic.includes("CustomSync") || plugins, logic.includes("CustomAsync") || plugins];
  if (plugins) assertNamedPrivilege(organization, caller, "prvBypassCustomPlugins");
  if (logic.includes("CustomSync") || logic.includes("CustomAsync") || stepIds.length > 0) assertNamedPrivilege(organization, caller, "prvBypassCustomBusinessLogic");
  if (stepIds.length > STEPS_MAX) throw new DataverseError(400, "0x80040203", `No more than ${STEPS_MAX} steps can be bypassed by their ids.`);
  const tag = organization.switches.tagReachesSteps && url.includes("tag=") ? new URL(url, "http://localhost").searchParams.get("tag") : null;
  const isPlain = !synchronous && !asynchronous && stepIds.length === 0;
  if (isPlain && tag === null) return caller;
  return { ...caller, ...(isPlain ? {} : { bypass: { synchronous, asynchronous, stepIds } }), ...(tag === null ? {} : { tag }) };
}
