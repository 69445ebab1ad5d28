// What an import has to do, from what is installed and what is offered. Pure: the verb asks, this decides.
import { createHash } from "node:crypto";
import { compareVersions } from "../solution-zip.ts";

export interface Installed { readonly version: string; readonly isManaged: boolean }
export interface ImportFacts {
  readonly offered: { readonly version: string; readonly isManaged: boolean };
  readonly installed: Installed | undefined;
  /** A version that waits beside the installed one (…_Upgrade): an upgrade that broke off before its last step. */
  readonly holding: string | undefined;
}
export type ImportPlan =
  | { readonly kind: "install" }
  /** Imported beside the installed version, then put in its place: what the new version no longer has goes. */
  | { readonly kind: "upgrade" }
  | { readonly kind: "finish_upgrade" }
  /** Another version waits there: it is taken away first, else Dataverse refuses every further upgrade. */
  | { readonly kind: "replace_holding"; readonly version: string }
  | { readonly kind: "already_there" }
  | { readonly kind: "older"; readonly installed: string }
  | { readonly kind: "other_kind"; readonly installed: string };

export function planImport({ offered, installed, holding }: ImportFacts): ImportPlan {
  if (installed === undefined) return { kind: "install" };
  if (installed.isManaged !== offered.isManaged) return { kind: "other_kind", installed: installed.isManaged ? "managed" : "unmanaged" };
  const order = compareVersions(offered.version, installed.version);
  if (order < 0) return { kind: "older", installed: installed.version };
  if (holding !== undefined && order > 0) return compareVersions(holding, offered.version) === 0 ? { kind: "finish_upgrade" } : { kind: "replace_holding", version: holding };
  if (order === 0) return { kind: "already_there" };
  return offered.isManaged ? { kind: "upgrade" } : { kind: "install" };
}

/** The same import has the same job id from every machine, so that a command run again finds the job instead of starting a second one. */
export function importJobId(input: { readonly organizationId: string; readonly digest: string; readonly from: string; readonly attempt: number }): string {
  return stableId(`import ${input.organizationId} ${input.digest} ${input.from} ${input.attempt}`);
}

/** A UUID (version 8, RFC 9562: a hash of our own) from words. */
export function stableId(text: string): string {
  const hex = createHash("sha256").update(`cybersource-payments ${text}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
