/** One measured figure, with the goal it is held against. `ratio` compares with a reference that ran in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio?: number | undefined;
  /** Undefined where nothing was promised: the figure is shown, and `holds`. */
  readonly goal?: string | undefined;
  readonly holds: boolean;
}
