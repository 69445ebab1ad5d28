// What the flows are given. Everything that is not a decision comes in here; nothing is imported that has an effect.
import type { OrganizationId } from "../domain/ids.ts";
import type { ChangeCommand, Command } from "../domain/payment/command.ts";
import type { Intent } from "../domain/payment/intent.ts";
import type { RecoverySettings } from "../domain/payment/settings.ts";
import type { Admission } from "../ports/admission.ts";
import type { Clocks } from "../ports/clocks.ts";
import type { Dataverse, Unavailable } from "../ports/dataverse.ts";
import type { Derivation } from "../ports/derivation.ts";
import type { Gateway, MerchantBinding } from "../ports/gateway.ts";
import type { Ledger, LedgerTransaction } from "../ports/ledger.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { RefundGround, Surroundings } from "../ports/surroundings.ts";
import type { Hasher, Sealer } from "../ports/sealer.ts";
import type { Trace } from "../ports/trace.ts";

/** What configuration says of an organization. Rows can choose among its merchants, never add one. */
export interface OrganizationBinding {
  readonly organizationId: OrganizationId;
  readonly environmentType: "sandbox" | "production";
  /** Origins that may frame card entry: the organization's own first. */
  readonly embeddingOrigins: readonly string[];
  readonly merchants: readonly MerchantBinding[];
}

export interface Limits {
  readonly mintsPerMinute: number;
  readonly declinesPerHour: number;
  /** Of a merchant account, by whomever. */
  readonly newCardDeclinesPerHour: number;
  readonly nonceAgeMs: number;
}

export type MoneyOutVerdict = { readonly kind: "go"; readonly isByRelay?: true | undefined } | { readonly kind: "needs_approval"; readonly why: string } | { readonly kind: "refused"; readonly reason: string };

type Prepared = Unavailable | { readonly kind: "prepared"; judge(intent: Intent, tx: LedgerTransaction): Promise<MoneyOutVerdict> };
interface MoneyOutWish { readonly intent: Intent; readonly command: ChangeCommand }

/**
 * Who may give money back (limits, approvals). Preparing may read Dataverse; what it returns is asked under the payment's lock, so that
 * two refunds at once are judged one after the other. Unavailable: the command waits and is asked for again.
 */
export interface MoneyOutGate {
  prepare(wish: MoneyOutWish): Promise<Prepared>;
  /** Before what waited (for its batch, for a second person) goes out: by the limits and policies of now, against what was asked for before it. */
  prepareAgain(wish: MoneyOutWish & { readonly ground?: RefundGround | undefined }): Promise<Prepared>;
}

export interface FlowDeps {
  readonly moneyOut: MoneyOutGate;
  readonly surroundings: Surroundings;
  readonly ledger: Ledger;
  readonly dataverse: Dataverse;
  readonly gateway: Gateway;
  readonly admission: Admission;
  readonly trace: Trace;
  readonly clocks: Clocks;
  readonly derivation: Derivation;
  readonly sealer: Sealer;
  readonly hasher: Hasher;
  readonly reporter: Reporter;
  readonly settings: RecoverySettings;
  readonly limits: Limits;
  readonly organizations: ReadonlyMap<OrganizationId, OrganizationBinding>;
  /** Origin that serves the card-entry page; part of every capture context's target origins. */
  readonly publicOrigin: string;
  readonly randomId: () => string;
  /** Tells the worker of this process that something is due; other processes look by themselves. */
  readonly wake: () => void;
}

/** The credentials' name for a command's merchant account, or undefined when configuration does not bind it to this organization. */
export function bindingOf(deps: Pick<FlowDeps, "organizations">, command: Pick<Command, "organizationId" | "merchantAccount">): MerchantBinding | undefined {
  const organization = deps.organizations.get(command.organizationId);
  const binding = organization?.merchants.find((merchant) => merchant.merchantId === command.merchantAccount.merchantId && merchant.environment === command.merchantAccount.environment);
  // Live credentials serve production environments only, test credentials everything else (design D10).
  const isAllowed = organization !== undefined && (organization.environmentType === "production") === (binding?.environment === "production");
  return isAllowed ? binding : undefined;
}
