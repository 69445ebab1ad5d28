// Maps that remember how to go back: what a transaction wrote is taken back, newest first, when it fails.

export class UndoLog {
  #steps: (() => void)[] = [];
  note(step: () => void): void { this.#steps.push(step); }
  commit(): void { if (this.#steps.length > 0) this.#steps = []; }
  rollback(): void {
    for (const step of this.#steps.reverse()) step();
    this.#steps = [];
  }
}

/** A map of values that are never changed in place. */
export class UndoMap<V> {
  readonly #rows = new Map<string, V>();
  readonly #log: UndoLog;
  constructor(log: UndoLog) { this.#log = log; }
  get(key: string): V | undefined { return this.#rows.get(key); }
  has(key: string): boolean { return this.#rows.has(key); }
  values(): V[] { return [...this.#rows.values()]; }
  filter(isWanted: (value: V) => boolean): V[] {
    const found: V[] = [];
    for (const value of this.#rows.values()) if (isWanted(value)) found.push(value);
    return found;
  }

  entries(): [string, V][] { return [...this.#rows]; }

  set(key: string, value: V): void {
    const had = this.#rows.has(key);
    const old = this.#rows.get(key);
    this.#log.note(() => { if (had) this.#rows.set(key, old as V); else this.#rows.delete(key); });
    this.#rows.set(key, value);
  }

  delete(key: string): void {
    if (!this.#rows.has(key)) return;
    const old = this.#rows.get(key) as V;
    this.#log.note(() => { this.#rows.set(key, old); });
    this.#rows.delete(key);
  }
}
