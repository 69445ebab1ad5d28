// What the relay tells its operators: one line per change of state, counters, alarms. Allow-listed members only; never a body, a token or a name.
export interface Report {
  readonly organizationId?: string | undefined;
  readonly paymentRequestId?: string | undefined;
  readonly effectId?: string | undefined;
  readonly kind?: string | undefined;
  readonly state?: string | undefined;
  readonly event?: string | undefined;
  readonly reason?: string | undefined;
  readonly attempt?: number | undefined;
  readonly merchantReference?: string | undefined;
  readonly durationMs?: number | undefined;
}

export interface Reporter {
  info(what: string, report: Report): void;
  /** Somebody should look; each name has a runbook in docs/runbooks. */
  alarm(name: string, report: Report): void;
  count(name: "effects" | "answers" | "sessions" | "pokes" | "projections" | "refusals" | "approvals" | "notices" | "business_events" | "page_reports", labels: Readonly<Record<string, string>>): void;
}
