// What doctor says of one thing: its colour, what was found, and what to do about it. A fix is there whenever the colour is not green.
export interface Finding {
  /** Stable, for pipelines. */
  readonly id: string;
  readonly level: "green" | "amber" | "red";
  readonly what: string;
  readonly fix?: string;
}
export const green = (id: string, what: string): Finding => ({ id, level: "green", what });
export const amber = (id: string, what: string, fix: string): Finding => ({ id, level: "amber", what, fix });
export const red = (id: string, what: string, fix: string): Finding => ({ id, level: "red", what, fix });
