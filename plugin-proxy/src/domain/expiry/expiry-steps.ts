// What is still to be done about an authorization before it lapses. When it lapses is payment/authorization-life.ts.
import { HOUR_MS, type Instant } from "../time.ts";

/** A person is warned this long before, and what nobody captured is let go this long before: a hold that lapses by itself is counted against the merchant. */
export const WARN_BEFORE_MS = 48 * HOUR_MS;
export const RELEASE_BEFORE_MS = 6 * HOUR_MS;

export interface ExpiryStep {
  readonly kind: "warn" | "release" | "ask";
  readonly dueAt: Instant;
}

/**
 * What is still to be done about an authorization with something left to capture, earliest first. `release`: by policy what will not be
 * captured is reversed; `ask`: a task tells a person to.
 */
export function expirySteps(query: { readonly expiresAt: Instant | undefined; readonly capturableMinor: bigint; readonly isWarned: boolean; readonly policy: "reverse" | "task" }): readonly ExpiryStep[] {
  if (query.expiresAt === undefined || query.capturableMinor <= 0n) return [];
  const warn: ExpiryStep[] = query.isWarned ? [] : [{ kind: "warn", dueAt: query.expiresAt - WARN_BEFORE_MS }];
  return [...warn, { kind: query.policy === "reverse" ? "release" : "ask", dueAt: query.expiresAt - RELEASE_BEFORE_MS }];
}
