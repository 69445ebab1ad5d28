// How long a row waits whose claim Dataverse did not take.
import { MINUTE_MS, SECOND_MS, type Instant } from "../time.ts";
import type { Intent } from "./intent.ts";

const RETRY_MS_MIN = 5 * SECOND_MS;
/** After an outage rows go on within this time; what is refused for a right or a column asks no more often than the sweep. */
const RETRY_MS_MAX = MINUTE_MS;

/** An eighth of the time it has waited already, in milliseconds: a hundred rows that can never be claimed spend no budget that others need. */
export const claimRetryMs = ({ claimedAt }: Pick<Intent, "claimedAt">, now: Instant): number => Math.min(RETRY_MS_MAX, Math.max(RETRY_MS_MIN, (now - claimedAt) / 8));
