/** What a refund agent of the simulation may give back alone; above it somebody else approves. */
export const LIMIT_PER_REFUND = 150;
