// The one way in which a verb ends early. At this edge a command either goes on or stops: what stops it has a code of the table in
// failures.ts, the facts that its sentence needs, and nothing secret. Plans and checks return values; only verbs and adapters stop.
import { FAILURES, type FailureCode } from "./failures.ts";

export class Stop extends Error {
  override readonly name = "Stop";
  readonly code: FailureCode;
  /** What is wrong, in one sentence. */
  readonly title: string;
  /** What the person does now. */
  readonly remedy: string;

  /** `detail` is the reason in the other system's words, without secrets; it follows the title. */
  constructor(code: FailureCode, facts: Readonly<Record<string, string | number>> = {}, detail?: string) {
    const { title, remedy } = FAILURES[code];
    super(`${fill(title, facts)}${detail === undefined ? "" : ` ${detail}`}`);
    this.code = code;
    this.title = this.message;
    this.remedy = fill(remedy, facts);
  }
}

const fill = (text: string, facts: Readonly<Record<string, string | number>>): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
