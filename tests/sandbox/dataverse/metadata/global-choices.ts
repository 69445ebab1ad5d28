// Global choices: those that come with the platform, and those that a client makes. Kept as long as the organization runs.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/create-update-optionsets
import { invalidArgument } from "../errors.ts";
import type { Organization } from "../organization.ts";
import { describeOptions, label, metadataId, type Described } from "./describe.ts";

const madeIn = new WeakMap<Organization, Map<string, Described>>();
const STANDARD: readonly Described[] = [
  describeOptions("qooi_skippricecalculation", "Picklist", [{ value: 0, label: "DoPriceCalcAlways" }, { value: 1, label: "SkipPriceCalcOnRetrieve" }], true),
  describeOptions("budgetstatus", "Picklist", [{ value: 0, label: "No Committed Budget" }, { value: 1, label: "May Buy" }, { value: 2, label: "Can Buy" }, { value: 3, label: "Will Buy" }], true),
];

function choicesOf(organization: Organization): Map<string, Described> {
  const known = madeIn.get(organization) ?? new Map(STANDARD.map((one) => [String(one["Name"]), one]));
  madeIn.set(organization, known);
  return known;
}

export const globalChoices = (organization: Organization): readonly Described[] => [...choicesOf(organization).values()];

/** Makes one or puts another in its place. Returns its id. */
export function keepChoice(organization: Organization, body: Record<string, unknown>, id?: string): string {
  const name = body["Name"];
  if (typeof name !== "string" || !/^\w+$/.test(name) || !Array.isArray(body["Options"] ?? [])) throw invalidArgument("A global choice needs a name and a list of options.");
  const known = choicesOf(organization);
  if (id === undefined && known.has(name)) throw invalidArgument(`An OptionSet with Name ${name} already exists.`);
  const made = id ?? metadataId(`choice ${name}`);
  known.set(name, { DisplayName: label(name), OptionSetType: "Picklist", Options: [], ...body, MetadataId: made, IsGlobal: true });
  return made;
}

export function dropChoice(organization: Organization, name: string): void { choicesOf(organization).delete(name); }
