// What differs between processors and that a form has to know.
import type { Random } from "../sandbox/kit/random.ts";

/** When a merchant account captures by rule. */
export type Policy = "on_invoice" | "on_fulfilment";

/** What the merchant's processor can do, and when its batch closes: both sides know it. Cut-offs lie within the storm, or far away. */
export interface Abilities { readonly multiCapture: boolean; readonly incremental: boolean; readonly batchCutOff: string;
  /** What the merchant account captures by rule; as the account has it unless said. */
  readonly captures?: Policy | undefined }
const CUT_OFFS: readonly string[] = ["09:01", "09:02", "09:03", "09:05", "00:00"];
export const abilitiesOf = (random: Random): Abilities => ({ multiCapture: random.next() < 0.5, incremental: random.next() < 0.7, batchCutOff: CUT_OFFS[random.integer(CUT_OFFS.length)] ?? "00:00" });
