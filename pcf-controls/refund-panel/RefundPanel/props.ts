// What every part of the refund panel is given.
import type { PaymentFacts, Words } from "@cybs/controls-shared";
import type { RefundActions } from "./actions";
import type { RefundState } from "./state";

export interface Props { readonly actions: RefundActions; readonly state: RefundState; readonly words: Words; readonly payment: PaymentFacts }
