// JSON that keeps bigint exact: minor units travel as text with an n ("12400n"). For what the ledger stores, not for any wire.
const MARKED = /^-?\d+n$/;

export const toExactJson = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) => (typeof member === "bigint" ? `${member}n` : member));

/** The value again. Only members named `minor` are bigint, so that no text of a person is ever mistaken for a number. */
export function fromExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  restore(value);
  return value;
}

/** In place, and only where there are members: many times faster than a reviver, which is called for every value. */
function restore(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const members = value as Record<string, unknown>;
  for (const name in members) {
    const member = members[name];
    if (typeof member === "object") restore(member);
    else if (name === "minor" && typeof member === "string" && MARKED.test(member)) members[name] = BigInt(member.slice(0, -1));
  }
}
