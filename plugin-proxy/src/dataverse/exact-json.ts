// JSON numbers without loss: money is a decimal in Dataverse and must not pass through a binary fraction on its way in.
// Numbers with a fraction, an exponent or more than 15 digits come back as the text they were written in.

/** Parses JSON; undefined when the text is none. */
export function parseExactJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text, (_key, parsed: unknown, context?: { readonly source?: string }) =>
      typeof parsed === "number" && context?.source !== undefined && !/^-?\d{1,15}$/.test(context.source) ? context.source : parsed);
    return { value };
  } catch {
    return undefined;
  }
}
