// What connects Dataverse to the relay: one endpoint and its asynchronous steps, in an unmanaged solution of their own. They are not in the
// product's zip: address and key belong to an environment. Ids are the same everywhere, so that nothing is ever registered twice.
// learn.microsoft.com/power-apps/developer/data-platform/register-web-hook
import { stableId } from "./plan-import.ts";

export const CONNECTION = "CybersourcePaymentsConnection";
export const ENDPOINT_ID = stableId("endpoint");
export const KEY_HEADER = "x-cybs-webhook-key";

interface StepWanted { readonly table: string; readonly message: "Create" | "Update"; readonly filter?: string }
/** Every row by which somebody asks or decides something. The sweep finds them too; the step makes it seconds instead of minutes. */
const STEPS: readonly StepWanted[] = [
  { table: "cybs_paymentrequest", message: "Create" }, { table: "cybs_paymentrequest", message: "Update", filter: "cybs_state" },
  { table: "cybs_paymentdecision", message: "Create" }, { table: "cybs_refundrequest", message: "Create" }, { table: "cybs_refundapproval", message: "Create" },
  { table: "cybs_operatordecision", message: "Create" }, { table: "cybs_bulkrun", message: "Create" }, { table: "cybs_manualpayment", message: "Create" },
  { table: "salesorder", message: "Update", filter: "statecode" }, { table: "invoice", message: "Update", filter: "statecode" },
];

export interface EndpointRow { readonly name: string; readonly url: string; readonly contract: number; readonly authtype: number; readonly messageformat: number; readonly connectionmode: number }
export interface StepRow { readonly id: string; readonly name: string; readonly table: string; readonly message: string; readonly filteringattributes: string | null; readonly mode: number; readonly stage: number; readonly rank: number; readonly asyncautodelete: boolean }
/** Steps and endpoint as they are in Dataverse; `isOn`: the step is enabled. */
export interface ConnectionFound { readonly hasSolution: boolean; readonly endpoint: EndpointRow | undefined; readonly steps: readonly (StepRow & { readonly isOn: boolean })[] }
export interface ConnectionWanted { readonly relayUrl: string; readonly organizationId: string; readonly tables: readonly string[] }
export type ConnectionChange =
  | { readonly kind: "create_solution" }
  | { readonly kind: "create_endpoint"; readonly row: EndpointRow }
  | { readonly kind: "update_endpoint"; readonly row: EndpointRow; readonly differs: readonly string[] }
  | { readonly kind: "create_step"; readonly step: StepRow }
  | { readonly kind: "update_step"; readonly step: StepRow; readonly differs: readonly string[] }
  | { readonly kind: "remove_step"; readonly step: StepRow };

export const endpointWanted = ({ relayUrl, organizationId }: ConnectionWanted): EndpointRow => ({ name: "Cybersource Payments – relay", url: `${relayUrl}/webhooks/dataverse/${organizationId}`, contract: 8, authtype: 5, messageformat: 2, connectionmode: 1 });

export const stepsWanted = (tables: readonly string[]): readonly StepRow[] => STEPS.filter((step) => tables.includes(step.table)).map(({ table, message, filter }) => ({
  id: stableId(`step ${table} ${message}`), name: `Cybersource Payments: ${table} ${message.toLowerCase()}`, table, message, filteringattributes: filter ?? null, mode: 1, stage: 40, rank: 1, asyncautodelete: true,
}));

/** What is missing or differs, in the order in which it can be done; nothing when all is as it should be. */
export function planConnection(found: ConnectionFound, wanted: ConnectionWanted): readonly ConnectionChange[] {
  const endpoint = endpointWanted(wanted);
  const steps = stepsWanted(wanted.tables);
  const known = new Map(found.steps.map((step) => [step.id, step]));
  const endpointDiffers = found.endpoint === undefined ? [] : differing(found.endpoint, endpoint);
  return [
    ...(found.hasSolution ? [] : [{ kind: "create_solution" as const }]),
    ...(found.endpoint === undefined ? [{ kind: "create_endpoint" as const, row: endpoint }] : endpointDiffers.length > 0 ? [{ kind: "update_endpoint" as const, row: endpoint, differs: endpointDiffers }] : []),
    ...steps.flatMap((step): readonly ConnectionChange[] => {
      const existing = known.get(step.id);
      if (existing === undefined) return [{ kind: "create_step", step }];
      const differs = [...differing(existing, step), ...(existing.isOn ? [] : ["statecode"])];
      return differs.length === 0 ? [] : [{ kind: "update_step", step, differs }];
    }),
    ...found.steps.filter((step) => !steps.some((one) => one.id === step.id)).map((step) => ({ kind: "remove_step" as const, step })),
  ];
}

const differing = <T extends object>(found: T, wanted: T): readonly string[] => Object.keys(wanted).filter((name) => found[name as keyof T] !== wanted[name as keyof T]);

/** The value of authvalue: one header. The key is random and has no character that XML would change; still, it is escaped. */
export const authValue = (key: string): string => `<settings><setting name="${KEY_HEADER}" value="${key.replace(/[<>&"]/g, (one) => `&#${one.charCodeAt(0)};`)}" /></settings>`;
