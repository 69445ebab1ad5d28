// What a decision changes, and what it is given. apply.ts folds changes; nothing else may.
import type { PaymentRequestId } from "../ids.ts";
import type { ChangeCommand } from "./command.ts";
import type { Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import type { Deal } from "./intent.ts";
import type { EffectIds } from "./plan-effect.ts";
import type { RecoverySettings } from "./settings.ts";

export type Change =
  | { readonly type: "effect_changed"; readonly effect: Effect }
  | { readonly type: "undo_planned"; readonly effect: Effect }
  /** A further part of a row's wish: a refund of the next capture, a refund where the void came too late. */
  | { readonly type: "part_planned"; readonly effect: Effect }
  | { readonly type: "deal_ended"; readonly deal: Exclude<Deal, "on"> }
  | { readonly type: "command_ended"; readonly commandId: PaymentRequestId; readonly deal: Exclude<ChangeCommand["deal"], "on"> }
  /** Another ledger may have carried the row out: it is looked for in its turn. */
  | { readonly type: "command_taken"; readonly commandId: PaymentRequestId }
  | { readonly type: "told_approved" }
  | { readonly type: "instrument_blocked"; readonly reason: string }
  | { readonly type: "incident"; readonly kind: string };

export interface DecideContext {
  readonly settings: RecoverySettings;
  readonly ids: EffectIds;
}

export type Refusal = { readonly code: "no_such_effect" } | { readonly code: "not_allowed"; readonly state: Effect["state"]; readonly event: EffectEvent["kind"] };

export const changed = (effect: Effect): Change => ({ type: "effect_changed", effect });
