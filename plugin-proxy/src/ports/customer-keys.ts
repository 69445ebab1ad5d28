// One key a customer: personal data in the ledger is sealed under it, and throwing it away closes that data in every copy (design D15). Only
// wrapped keys come here.
import type { OrganizationId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";

export interface KeyOwner {
  readonly organizationId: OrganizationId;
  readonly customerId: string;
}

export interface CustomerKeys {
  /** Undefined: there is none, or it was thrown away. */
  loadKey(owner: KeyOwner): Promise<Uint8Array | undefined>;
  /** Keeps the first that is put; gives the one that stands. */
  putKey(owner: KeyOwner, wrapped: Uint8Array): Promise<Uint8Array>;
  /** Another one in the place of one that no key of the configuration opens any more; gives the one that stands. */
  replaceKey(owner: KeyOwner, wrapped: { readonly old: Uint8Array; readonly fresh: Uint8Array }): Promise<Uint8Array | undefined>;
  /** False when there was none. Noted even then: what the customer left before is not shown again. */
  throwKeyAway(owner: KeyOwner, at: Instant): Promise<boolean>;
  /** When a key of this customer was thrown away last. */
  erasedAt(owner: KeyOwner): Promise<Instant | undefined>;
}
