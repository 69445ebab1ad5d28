/** The middle one; of an even number the lower. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The smallest value that `share` of all do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
