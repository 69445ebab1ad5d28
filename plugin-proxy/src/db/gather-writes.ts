// Several writes of one transaction as one statement: each a part of its `with`. PostgreSQL executes them all against one state of the tables
// and sees none of another's effects (https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING), so writes to the
// same table stay apart.

export interface Write {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Fails when it touches no row. */
  readonly mustMeet: boolean;
}
export interface Statement { readonly name: string; readonly text: string; readonly values: readonly unknown[] }

/** An update that must meet its row: who lost the race divides by zero, so the database itself refuses what comes after, the commit included. */
export const meeting = (text: string): string => `with met as (${text} returning 1) select 1 / count(*) from met`;

/** The table that a plain write touches; undefined for one that is a `with` already, which cannot be part of another. */
const tableOf = (text: string): string | undefined => /^(?:insert into|update|delete from) (\w+)/.exec(text)?.[1];

/** In order, as few statements as can be. */
export function gatherWrites(writes: readonly Write[]): readonly Statement[] {
  const groups: Write[][] = [];
  let tables = new Set<string>();
  for (const write of writes) {
    const table = tableOf(write.text);
    const open = groups.at(-1);
    if (open !== undefined && table !== undefined && tables.size > 0 && !tables.has(table)) {
      open.push(write);
      tables.add(table);
    } else {
      groups.push([write]);
      tables = new Set(table === undefined ? [] : [table]);
    }
  }
  return groups.map(toStatement);
}

function toStatement(group: readonly Write[]): Statement {
  const [only] = group;
  if (only !== undefined && group.length === 1) return only.mustMeet ? { name: `${only.name}-met`, text: meeting(only.text), values: only.values } : only;
  return { ...textOf(group), values: group.flatMap((write) => write.values) };
}

/** Texts are few (one for each kind of step), and so are their names: PostgreSQL keeps a plan for each, and allows 63 letters. */
const known = new Map<string, { readonly name: string; readonly text: string }>();

function textOf(group: readonly Write[]): { readonly name: string; readonly text: string } {
  const key = group.map(({ name, mustMeet }) => (mustMeet ? `${name}!` : name)).join(" ");
  const found = known.get(key);
  if (found !== undefined) return found;
  let offset = 0;
  const parts = group.map(({ text, values, mustMeet }, index) => {
    const part = `w${index} as (${numberedFrom(text, offset)}${mustMeet ? " returning 1" : ""})`;
    offset += values.length;
    return part;
  });
  const checks = group.flatMap(({ mustMeet }, index) => (mustMeet ? [`1 / (select count(*) from w${index})`] : []));
  const made = { name: `gathered-${known.size + 1}`, text: `with ${parts.join(", ")} select ${checks.length === 0 ? "1" : checks.join(", ")}` };
  known.set(key, made);
  return made;
}

const numberedFrom = (text: string, offset: number): string => text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + offset}`);
