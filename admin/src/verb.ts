// What a verb is: a name, its options, and what it does with everything from outside handed in. One verb, one file in verbs/.
import type { Clock } from "./clock.ts";
import type { Environment } from "./configuration/environment-file.ts";
import type { Secrets } from "./configuration/secrets.ts";
import type { Dataverse } from "./dataverse/web-api.ts";
import type { Network } from "./network.ts";
import type { Screen } from "./screen/screen.ts";

export interface VerbOption { readonly flags: string; readonly about: string; readonly fallback?: string | boolean }
export type Values = Readonly<Record<string, string | boolean | undefined>>;
/** What the verb found or did; printed as JSON, or was shown as text already. */
export type Report = Readonly<Record<string, unknown>>;

export interface Context {
  readonly screen: Screen;
  readonly clock: Clock;
  readonly network: Network;
  readonly secrets: Secrets;
  /** PEM of the additional authority, if one was named. */
  readonly ca: string | undefined;
  readonly workingFolder: string;
  readonly environmentFile: string;
  /** Reads the environment file; stops when there is none. */
  environment(): Environment;
  /** Signed in at the environment's Dataverse; organization checked when the file names one. */
  connect(): Promise<Dataverse>;
  /** With another environment file: promote works on two. */
  connectTo(file: string): Promise<{ readonly environment: Environment; readonly dataverse: Dataverse }>;
  randomId(): string;
}
export interface Verb {
  readonly name: string;
  readonly argument?: { readonly name: string; readonly about: string; readonly isRequired: boolean };
  readonly summary: string;
  readonly options: readonly VerbOption[];
  run(context: Context, values: Values, argument: string | undefined): Promise<Report>;
}

/** An option's text, or undefined. */
export const textOf = (values: Values, name: string): string | undefined => { const value = values[name]; return typeof value === "string" && value !== "" ? value : undefined; };
