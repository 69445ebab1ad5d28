// Seeded randomness (mulberry32), so that a run can be repeated to the byte.
export interface Random {
  /** 0 ≤ value < 1 */
  next(): number;
  integer(below: number): number;
  digits(count: number): string;
  hex(count: number): string;
  uuid(): string;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (below: number): number => Math.floor(next() * below);
  const text = (alphabet: string, count: number): string => {
    let made = "";
    for (let index = 0; index < count; index++) made += alphabet[integer(alphabet.length)] ?? "";
    return made;
  };
  const hex = (count: number): string => text("0123456789abcdef", count);
  return {
    next, integer, hex, digits: (count) => text("0123456789", count),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${"89ab"[integer(4)] ?? "8"}${hex(3)}-${hex(12)}`,
  };
}
