// What is being captured for an invoice of a payment's order counts until Dataverse shows it there, and once.
import { expect, test } from "@jest/globals";
import { beingCapturedMinor } from "../../plugin-proxy/src/domain/payment/captured-for-invoice.ts";
import { asEffectId } from "../../plugin-proxy/src/domain/ids.ts";
import type { DocumentRef } from "../../plugin-proxy/src/domain/payment/command.ts";
import type { EffectState } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { authorized, row } from "../support/changes.ts";
import { effect, usd } from "../support/intents.ts";

const invoice = (id: string): DocumentRef => ({ kind: "invoice", id });
const wish = row("capture", 5_000n, { document: invoice("invoice-1") });

function capturing(state: EffectState, paymentId = "payment-1"): Intent {
  const held = authorized();
  const capture = effect(state, { effectId: asEffectId("capture-1"), step: "capture-1", kind: "capture", amount: usd(5_000n), commandId: wish.commandId });
  return { ...held, paymentId, commands: [wish], effects: [...held.effects, capture] };
}

const shown = (minor: bigint) => [{ paymentId: "payment-1", minor }];

test.each<[string, bigint, Parameters<typeof beingCapturedMinor>]>([
  ["captured and not shown", 5_000n, [{ ref: invoice("invoice-1") }, [capturing("approved")]]],
  ["without an answer", 5_000n, [{ ref: invoice("invoice-1") }, [capturing("unknown")]]],
  ["declined", 0n, [{ ref: invoice("invoice-1") }, [capturing("declined")]]],
  ["shown in part", 3_000n, [{ ref: invoice("invoice-1"), applied: shown(2_000n) }, [capturing("approved")]]],
  ["shown beyond it", 0n, [{ ref: invoice("invoice-1"), applied: shown(9_000n) }, [capturing("approved")]]],
  ["of two payments, shown of one", 5_000n, [{ ref: invoice("invoice-1"), applied: shown(9_000n) }, [capturing("approved"), capturing("sent", "payment-2")]]],
  ["for another invoice", 0n, [{ ref: invoice("invoice-2") }, [capturing("approved")]]],
  ["on the order itself", 0n, [{ ref: { kind: "salesorder", id: "invoice-1" } }, [capturing("approved")]]],
])("%s", (_name, expected, [document, payments]) => { expect(beingCapturedMinor(document, payments)).toBe(expected); });
