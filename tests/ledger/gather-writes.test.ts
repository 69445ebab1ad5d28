// Which writes of a transaction share a statement, and how.
import { describe, expect, test } from "@jest/globals";
import { gatherWrites, type Write } from "../../plugin-proxy/src/db/gather-writes.ts";

const write = (name: string, text: string, values: readonly unknown[] = [], mustMeet = false): Write => ({ name, text, values, mustMeet });
const one = write("one", "update one set a = $1 where id = $2", [1, 2], true);
const two = write("two", "insert into two (a, b) values ($1,$2)", [3, 4]);
const three = write("three", "delete from three where id = $1", [5]);

describe("writes that share a statement", () => {
  test("are numbered on, keep their values in order, and those that must meet a row are checked", () => {
    const [gathered, ...others] = gatherWrites([one, two, three]);
    expect(others).toEqual([]);
    expect(gathered).toMatchObject({
      text: "with w0 as (update one set a = $1 where id = $2 returning 1), w1 as (insert into two (a, b) values ($3,$4)), w2 as (delete from three where id = $5) select 1 / (select count(*) from w0)",
      values: [1, 2, 3, 4, 5],
    });
  });

  test("have a name of their own, the same each time, that PostgreSQL can keep whole", () => {
    const nameOf = (...writes: readonly Write[]): string => gatherWrites(writes)[0]?.name ?? "";
    expect(nameOf(one, two)).toBe(nameOf(one, two));
    expect(new Set([nameOf(one, two), nameOf(two, one), nameOf(one, two, three), nameOf({ ...one, mustMeet: false }, two)]).size).toBe(4);
    expect(nameOf(one, two, three).length).toBeLessThan(63);
  });

  test.each([
    ["two on one table", [two, write("two-again", "update two set a = $1", [1])], 2],
    ["one that is a with already", [one, write("with", "with done as (delete from three returning 1) select 1", []), two], 3],
    ["one alone", [two], 1], ["none", [], 0],
  ] as const)("never touch a table twice: %s", (_name, writes, statements) => {
    expect(gatherWrites(writes)).toHaveLength(statements);
  });

  test("one alone stays as it is; one that must meet a row is checked", () => {
    expect(gatherWrites([two])).toEqual([two]);
    expect(gatherWrites([one])).toEqual([{ name: "one-met", text: "with met as (update one set a = $1 where id = $2 returning 1) select 1 / count(*) from met", values: [1, 2] }]);
  });
});
