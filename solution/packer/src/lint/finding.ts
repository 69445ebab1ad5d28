// One thing that is wrong: the rule, the file, and a sentence that says how to mend it.
import type { SolutionModel } from "../solution-model.ts";

export interface Finding { rule: string; path: string; message: string }
export type Rule = (solution: SolutionModel) => Finding[];

/** Builds findings of one rule. */
export const findings = (rule: string) => (path: string, message: string): Finding => ({ rule, path, message });
