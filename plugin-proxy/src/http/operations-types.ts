// What the operations addresses tell, and what they are given to find it out.
import type { EraseDetailsInput, Erased } from "../flows/erase-details.ts";

export interface OperationsStatus {
  readonly version: string;
  /** Wire clock, milliseconds. */
  readonly now: number;
  readonly roles: readonly string[];
  readonly ledger: { readonly kind: "postgresql" | "pglite"; readonly ledgerId: string };
  readonly cybersourceHost: string;
  readonly publicUrl: string;
  readonly organizations: readonly {
    readonly organizationId: string; readonly url: string; readonly environmentType: "sandbox" | "production"; readonly isReady: boolean; readonly framers: readonly string[];
    readonly merchants: readonly { readonly merchantId: string; readonly environment: "test" | "production"; readonly scheme: string; readonly keyId: string }[];
  }[];
  /** Due work by kind, when the oldest of it was due (business clock), open effects by state, incidents never closed. */
  readonly work: { readonly due: Readonly<Record<string, number>>; readonly oldestDueMs: number; readonly openEffects: Readonly<Record<string, number>>; readonly incidents: number };
  readonly page: { readonly version: string; readonly scriptIntegrity: string; readonly styleIntegrity: string };
  /** 2 while a webhook key is exchanged. */
  readonly webhookKeys: number;
}
export interface Operations {
  /** Empty: there is no key, and no such address. */
  readonly keys: () => readonly string[];
  readonly status: () => Promise<OperationsStatus>;
  readonly eraseDetails: (input: EraseDetailsInput) => Promise<Erased>;
}
