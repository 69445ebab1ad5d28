// What a person may give back alone. The person's own row counts, else the nearest business unit's upward, else everybody's;
// of several in one place the smallest number of each kind. An empty number is no limit of that kind; no row at all means no refund alone.
import type { BusinessUnitNode } from "../payment/choose-merchant-account.ts";

export interface RefundLimit {
  readonly userId?: string | undefined;
  readonly businessUnitId?: string | undefined;
  readonly currency: string;
  readonly perRefundMinor?: bigint | undefined;
  readonly perDayMinor?: bigint | undefined;
  /** Over 30 days, by everybody, to one customer. */
  readonly perCustomerMinor?: bigint | undefined;
}

export type LimitNumbers = Pick<RefundLimit, "perRefundMinor" | "perDayMinor" | "perCustomerMinor">;

export interface LimitQuery {
  readonly limits: readonly RefundLimit[];
  readonly userId: string;
  readonly businessUnitId: string | undefined;
  readonly businessUnits: readonly BusinessUnitNode[];
  readonly currency: string;
}

const DEPTH_MAX = 50;

/** The numbers that hold for a person in a currency; undefined when nobody has set any. */
export function limitFor(query: LimitQuery): LimitNumbers | undefined {
  const mine = query.limits.filter((limit) => limit.currency === query.currency);
  const own = mine.filter((limit) => limit.userId === query.userId);
  if (own.length > 0) return smallest(own);
  const general = mine.filter((limit) => limit.userId === undefined);
  let unitId = query.businessUnitId;
  for (let depth = 0; unitId !== undefined && depth < DEPTH_MAX; depth++) {
    const here = general.filter((limit) => limit.businessUnitId === unitId);
    if (here.length > 0) return smallest(here);
    unitId = query.businessUnits.find((unit) => unit.id === unitId)?.parentId;
  }
  const everybody = general.filter((limit) => limit.businessUnitId === undefined);
  return everybody.length === 0 ? undefined : smallest(everybody);
}

const smallest = (limits: readonly RefundLimit[]): LimitNumbers => ({
  perRefundMinor: least(limits.map((limit) => limit.perRefundMinor)),
  perDayMinor: least(limits.map((limit) => limit.perDayMinor)),
  perCustomerMinor: least(limits.map((limit) => limit.perCustomerMinor)),
});

function least(values: readonly (bigint | undefined)[]): bigint | undefined {
  const set = values.filter((value) => value !== undefined);
  return set.length === 0 ? undefined : set.reduce((smaller, value) => (value < smaller ? value : smaller));
}
