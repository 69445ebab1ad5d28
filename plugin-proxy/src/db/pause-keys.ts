// Where a pause is kept: a merchant account's under its merchant id, one of its actions' beside it. No merchant id has a space.
import type { EffectKind } from "../domain/payment/effect.ts";

export const pauseKey = (merchantId: string, action: EffectKind | undefined): string => (action === undefined ? merchantId : `${merchantId} ${action}`);

/** All that may stand in the way of one of `actions`. */
export const pauseKeys = ({ merchantId, actions = [] }: { readonly merchantId: string; readonly actions?: readonly EffectKind[] | undefined }): readonly string[] => [merchantId, ...actions.map((action) => pauseKey(merchantId, action))];
