// How long the card picker waits for whom, how often it asks, and which refusals need a new session or a new draft.
export const READY_MS_MAX = 10_000;
/** A page that may be shown here speaks before it has loaded; one that its own policy keeps out of a foreign page never does. */
export const FOREIGN_MS_MAX = 3_000;
export const TOKEN_MS_MAX = 30_000;
export const VALID_MS = 15 * 60_000;
export const REOPENINGS_MAX = 3;
export const SLOW_TRIES = 6;
export const POLL_MS = [400, 600, 800, 1_000, 1_500, 2_000, 3_000, 5_000];
/** The draft cannot be used any more, but a new one can. */
export const SPENT = new Set(["not_draft", "request_not_found"]);
export const STALE = new Set(["session_expired", "nonce_spent", "nonce_expired", "token_of_other_context", "token_replayed"]);
