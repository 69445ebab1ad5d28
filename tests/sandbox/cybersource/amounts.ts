// Decimal text in, decimal text out, exactly. Too many decimals are cut off silently, as the payments guide says of the gateway.
const SCALE = 10_000n;
const ZERO_DECIMAL = new Set(["JPY", "KRW", "CLP", "VND"]);

const decimalsOf = (currency: string): number => (ZERO_DECIMAL.has(currency.toUpperCase()) ? 0 : currency.toUpperCase() === "KWD" ? 3 : 2);

/** Ten-thousandths cut to the currency's decimals; undefined when there are more of them and they are not to be cut, or as parseAmount says. */
export function parseAmountIn(text: unknown, currency: string, isCut: boolean): bigint | undefined {
  const exact = parseAmount(text);
  const unit = 10n ** BigInt(4 - decimalsOf(currency));
  if (exact === undefined || (!isCut && exact % unit !== 0n)) return undefined;
  return exact - (exact % unit);
}

/** Ten-thousandths, or undefined when the text is not an amount Cybersource accepts (at most 15 characters, not negative). */
export function parseAmount(text: unknown): bigint | undefined {
  if (typeof text !== "string" || text.length > 15) return undefined;
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  return BigInt(match[1] ?? "0") * SCALE + BigInt((match[2] ?? "").padEnd(4, "0").slice(0, 4));
}

export function formatAmount(amount: bigint, currency: string): string {
  const whole = (amount / SCALE).toString();
  const decimals = decimalsOf(currency);
  return decimals === 0 ? whole : `${whole}.${(amount % SCALE).toString().padStart(4, "0").slice(0, decimals)}`;
}
