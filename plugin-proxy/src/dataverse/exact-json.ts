// JSON numbers without loss: money is a decimal in Dataverse and must not pass through a binary fraction on its way in.
// Numbers with a fraction, an exponent or more than 15 digits come back as the text they were written in.

/** Where no number can be like that, the plain parser is four times as fast. Text inside a string may look like one: that costs only the longer way. */
const MAY_BE_INEXACT = /(?:^|[:,[\s])-?(?:\d+[.eE]|\d{16})/;
/** One that is a member's value. A quote behind a letter ends a string, and one before a colon a name: inside a string nothing looks like this. */
const INEXACT_MEMBER = /(\w":)(-?(?:(?:0|[1-9]\d*)(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)|[1-9]\d{15,}))(?=[,}])/g;

/** Parses JSON; undefined when the text is none. */
export function parseExactJson(text: string): { readonly value: unknown } | undefined {
  try {
    if (!MAY_BE_INEXACT.test(text)) return { value: JSON.parse(text) as unknown };
    const quoted = text.replace(INEXACT_MEMBER, '$1"$2"');
    if (!MAY_BE_INEXACT.test(quoted)) return { value: JSON.parse(quoted) as unknown };
    const value: unknown = JSON.parse(text, (_key, parsed: unknown, context?: { readonly source?: string }) =>
      typeof parsed === "number" && context?.source !== undefined && !/^-?\d{1,15}$/.test(context.source) ? context.source : parsed);
    return { value };
  } catch {
    return undefined;
  }
}
