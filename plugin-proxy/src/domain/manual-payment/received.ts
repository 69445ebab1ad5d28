// Cash, cheques and bank transfers beside cards: rows that are only ever created. A wrong one is taken back by a row that names it.
export interface ManualPayment {
  readonly manualPaymentId: string;
  readonly minor: bigint;
  readonly reversesId?: string | undefined;
}

/** What was received and not taken back. A reversal counts once, for what it reverses, and only while that is there. */
export function receivedMinor(rows: readonly ManualPayment[]): bigint {
  const reversed = new Set(rows.map((row) => row.reversesId).filter((id) => id !== undefined));
  return rows.filter((row) => row.reversesId === undefined && row.minor > 0n && !reversed.has(row.manualPaymentId)).reduce((sum, row) => sum + row.minor, 0n);
}
