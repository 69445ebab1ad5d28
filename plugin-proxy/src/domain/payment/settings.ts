// The clocks of recovery. Defaults are those of the recovery rules; what no public source proves is a setting here, not a constant.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../time.ts";

export interface RecoverySettings {
  /** How long one call may take before its answer counts as lost. */
  readonly responseDeadlineMs: number;
  /** Life of a signature (JWT `exp`); also the age at which a planned effect without an owner is no longer trusted. */
  readonly signatureLifeMs: number;
  /** Added to the signature's end before anything that must not overtake it; with the life it makes the fence (5 minutes with JWT). */
  readonly fenceSkewMs: number;
  /** An empty search proves nothing before this. */
  readonly lagMs: number;
  /** How long after the claim a found payment is kept. */
  readonly adoptWindowMs: number;
  /** A closed attempt is looked for this long. */
  readonly watchMs: number;
  readonly softDeclineDecisionMs: number;
  readonly partialDecisionMs: number;
  /** Two empty looks prove something only when this far apart. */
  readonly emptyLooksApartMs: number;
  /** After the end of a day its reports are complete; how long they take is documented nowhere. */
  readonly reportDelayMs: number;
  /** Pause before a transient refusal is tried again, when the answer names none; doubled each time. */
  readonly retryDelayMsBase: number;
}

export const RECOVERY_DEFAULTS: RecoverySettings = {
  responseDeadlineMs: 60 * SECOND_MS, signatureLifeMs: 120 * SECOND_MS, fenceSkewMs: 3 * MINUTE_MS, lagMs: 15 * MINUTE_MS,
  adoptWindowMs: 30 * MINUTE_MS, watchMs: 7 * DAY_MS, softDeclineDecisionMs: 24 * HOUR_MS, partialDecisionMs: 30 * MINUTE_MS,
  emptyLooksApartMs: 10 * MINUTE_MS, retryDelayMsBase: 2 * SECOND_MS, reportDelayMs: 6 * HOUR_MS,
};

const LOOK_AFTER_MS = [30 * SECOND_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 9 * HOUR_MS, 15 * HOUR_MS, 21 * HOUR_MS, DAY_MS];

/** Length of the pause from the first send to look number `count` (0-based): the schedule of recovery rules §5, then daily. */
export const lookDelayMs = (count: number): number => LOOK_AFTER_MS[count] ?? (count - LOOK_AFTER_MS.length + 2) * DAY_MS;

const ASK_AGAIN_MS = 3 * SECOND_MS;
const ASK_AGAIN_MS_MAX = 15 * MINUTE_MS;

/** What must be asked before a row is decided, and does not answer (search may not show a sale for hours): soon at first, because somebody sits before the form, then in steps of a quarter of what it has waited. */
export const askAgainMs = (waitedMs: number): number => Math.min(ASK_AGAIN_MS_MAX, Math.max(ASK_AGAIN_MS, waitedMs / 4));
