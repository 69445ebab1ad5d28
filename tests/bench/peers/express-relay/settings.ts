// Read once; the same variables as the relay's where they mean the same.
const of = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
};

export const settings = {
  port: Number(of("PORT")), databaseUrl: of("DATABASE_URL"), dataverseUrl: of("DATAVERSE_URL"), tokenUrl: of("DATAVERSE_TOKEN_URL"), clientId: of("DATAVERSE_CLIENT_ID"), clientSecret: of("DATAVERSE_CLIENT_SECRET"),
  cybersourceHost: of("CYBERSOURCE_HOST"), merchantId: of("MERCHANT_ID"), merchantKeyId: of("MERCHANT_KEY_ID"), merchantSecret: of("MERCHANT_SECRET"),
  derivationKey: of("DERIVATION_KEY"), encryptionKey: of("TOKEN_ENCRYPTION_KEY"),
};

/** One line for each change of state. */
export const log = (message: string, members: Readonly<Record<string, unknown>>): void => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), message, ...members })}\n`);
};
