// Jitter without chance: what waits for the same thing does not come back in the same instant, and a replay comes back in the same one.
// The pause is lengthened by up to a quarter, by a hash of whatever waits; never shortened, because a server may have named it (Retry-After).

const SHARE = 0.25;
const FNV_PRIME = 16_777_619;

/** 0 ≤ value < 1, the same for the same text (FNV-1a, mixed once more). */
function shareOf(text: string): number {
  let hash = 2_166_136_261;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
}

/** At least `pauseMs`, at most a quarter more. */
export const spread = (pauseMs: number, who: string): number => pauseMs + Math.floor(pauseMs * SHARE * shareOf(who));
