// Calls of one merchant account under way in this process, money and reads together: an account that does not answer holds no more hands than its share.
import type { Gateway, MerchantBinding } from "../ports/gateway.ts";

export interface Hands {
  /** Takes one, of at most `max` (all that an account may have, when not given). False: none is left. */
  take(of: MerchantKey, max?: number): boolean;
  giveBack(of: MerchantKey): void;
}
type MerchantKey = Pick<MerchantBinding, "organizationId" | "merchantId">;

export const keyOf = ({ organizationId, merchantId }: MerchantKey): string => `${organizationId} ${merchantId}`;

export function createHands(inFlightMax: number): Hands {
  const inFlight = new Map<string, number>();
  return {
    take(of, max = inFlightMax) {
      const running = inFlight.get(keyOf(of)) ?? 0;
      if (running >= Math.min(max, inFlightMax)) return false;
      inFlight.set(keyOf(of), running + 1);
      return true;
    },
    giveBack(of) {
      const left = (inFlight.get(keyOf(of)) ?? 1) - 1;
      if (left > 0) inFlight.set(keyOf(of), left);
      else inFlight.delete(keyOf(of));
    },
  };
}

const BUSY = { kind: "unavailable", cause: "the account has as many calls under way as it may" } as const;

/** The same gateway, whose reads take a hand each, or come back later: what is unknown of one account does not keep the payments of another waiting. */
export function withHands(gateway: Gateway, hands: Hands): Gateway {
  const limited = <Query extends { readonly binding: MerchantBinding }, Answer>(read: (query: Query) => Promise<Answer>) => async (query: Query): Promise<Answer | typeof BUSY> => {
    if (!hands.take(query.binding)) return BUSY;
    try { return await read(query); } finally { hands.giveBack(query.binding); }
  };
  return {
    ...gateway, look: limited((query) => gateway.look(query)), readReport: limited((query) => gateway.readReport(query)),
    readCard: limited((query) => gateway.readCard(query)), forgetCard: limited((query) => gateway.forgetCard(query)),
  };
}
