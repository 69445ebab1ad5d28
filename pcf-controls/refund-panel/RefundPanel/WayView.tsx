// The sentences above the button: which way the money will go and why, and whether a second person will be asked. Changes while one types.
import * as React from "react";
import { Icon, type PaymentFacts, type Slice, type Words } from "@cybs/controls-shared";
import { verdictOf, type Check, type RefundState } from "./state";

interface Props { readonly state: RefundState; readonly words: Words; readonly payment: PaymentFacts; readonly check: Check }

/** One sentence for one part of the money. */
export function sentenceOf(slice: Slice, words: Words, payment: PaymentFacts): string {
  const day = slice.capturedAt === undefined ? "" : words.date(slice.capturedAt);
  if (slice.path === "reversal") return words.t("Way_Reversal");
  if (slice.path === "void") return `${words.t("Way_Void", day)} ${words.t(slice.releasesHold === true ? "Way_ReleaseNow" : "Way_ReleaseLater")}${slice.batchClosesAt === undefined ? "" : ` ${words.t("Way_Until", words.time(slice.batchClosesAt))}`}`;
  if (slice.path === "refund_later") return words.t("Way_Later", payment.card, slice.batchClosesAt === undefined ? words.t("TheBatch") : words.dateTime(slice.batchClosesAt));
  return slice.settledOn === undefined ? words.t("Way_RefundClosed", day, payment.card) : words.t("Way_Refund", words.date(slice.settledOn), payment.card);
}

export function WayView({ state, words, payment, check }: Props): React.ReactElement {
  if (!check.ok) {
    const isRule = check.key.startsWith("No_");
    return <div className={`cybs-way${isRule ? " cybs-limit" : ""}`} role="status">{isRule ? <Icon name="warning" size={18} /> : null}<p>{words.t(isRule ? check.key : "Way_Type")}</p></div>;
  }
  const { slices } = check.plan;
  const verdict = verdictOf(state, check.amount);
  return (
    <>
      <div className="cybs-way" role="status"><Icon name="undo" size={18} />
        {slices.length === 1 && slices[0] !== undefined ? <p>{sentenceOf(slices[0], words, payment)}</p> : <div><p>{words.t("Way_Split", String(slices.length))}</p><ul>{slices.map((slice) => <li key={slice.captureId}><strong>{words.money(slice.amount, payment.currency)}</strong> {sentenceOf(slice, words, payment)}</li>)}</ul></div>}
      </div>
      {verdict.needsApproval ? <div className="cybs-way cybs-limit" role="status"><Icon name="clock" size={18} /><p>{verdict.kind === "none" ? words.t("Limit_none") : words.t(`Limit_${verdict.kind}`, words.money(verdict.limit, payment.currency))}</p></div> : null}
    </>
  );
}

