// The command line out of the list of verbs: commander reads it, a verb runs, and what comes of it is shown as text or as one line of JSON.
import { Command, CommanderError } from "commander";
import type { Screen } from "./screen/screen.ts";
import { Stop } from "./stop.ts";
import type { Context, Report, Values, Verb } from "./verb.ts";

/** Options that every verb takes. */
export const GENERAL_OPTIONS = [
  { flags: "-e, --environment <file>", about: "Environment file; default: $CYBS_ENVIRONMENT, else ./cybersource-payments.json." },
  { flags: "--url <url>", about: "Dataverse environment, where there is no environment file yet." },
  { flags: "--sign-in <way>", about: "browser, az, pac, certificate, managed_identity, client_secret or device_code; wins over the environment file." },
  { flags: "--ca <file>", about: "PEM file of an additional certificate authority." },
  { flags: "--json", about: "Result as one line of JSON on stdout; words stay on stderr." },
  { flags: "--yes", about: "Ask nothing; questions are answered yes, or stop with the option that answers them." },
  { flags: "--debug", about: "Show where an unexpected error came from." },
] as const;

/** 0 done · 1 stopped · 2 not understood · 3 waiting for somebody else. */
export type ExitCode = 0 | 1 | 2 | 3;
export interface Io { readonly out: (text: string) => void; readonly err: (text: string) => void; readonly isTerminal: boolean }
export interface Opened { readonly context: Context; readonly screen: Screen; close(): Promise<void> }
export interface ProgramInput { readonly verbs: readonly Verb[]; readonly io: Io; readonly open: (values: Values) => Opened }

/** Runs one command line. Never throws. */
export async function runProgram(input: ProgramInput, args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = new Command("cybs-admin").description("Installs, sets up, checks and moves Cybersource Payments for Dynamics 365.").exitOverride().showHelpAfterError(true).configureOutput({ writeOut: input.io.out, writeErr: input.io.err });
  for (const verb of input.verbs) addVerb(program, verb, async (values, argument) => { code = await runVerb(input, verb, values, argument); });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    input.io.err(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
    return 1;
  }
}

function addVerb(program: Command, verb: Verb, run: (values: Values, argument: string | undefined) => Promise<void>): void {
  const command = program.command(verb.name).description(verb.summary);
  const { argument } = verb;
  if (argument !== undefined) command.argument(argument.isRequired ? `<${argument.name}>` : `[${argument.name}]`, argument.about);
  for (const { flags, about } of GENERAL_OPTIONS) command.option(flags, about);
  for (const option of verb.options) command.option(option.flags, option.about, option.fallback);
  command.action(async (...given: readonly unknown[]) => {
    const values = command.opts<Values>();
    await run(values, argument !== undefined && typeof given[0] === "string" ? given[0] : undefined);
  });
}

async function runVerb(input: ProgramInput, verb: Verb, values: Values, argument: string | undefined): Promise<ExitCode> {
  const { out, err } = input.io;
  let opened: Opened | undefined;
  const isJson = values["json"] === true;
  try {
    opened = input.open(values);
    const report = await verb.run(opened.context, values, argument);
    if (isJson) out(`${JSON.stringify({ ok: true, verb: verb.name, ...report })}\n`);
    return 0;
  } catch (error) {
    const stop = error instanceof Stop ? error : new Stop("unexpected", {}, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    if (values["debug"] === true && error instanceof Error) err(`${error.stack ?? ""}\n`);
    if (isJson) out(`${JSON.stringify({ ok: false, verb: verb.name, code: stop.code, title: stop.title, remedy: stop.remedy, ...reportOf(error) })}\n`);
    else err(`\n✗ ${stop.title}\n  ${stop.remedy}\n  (${stop.code})\n`);
    return stop.code === "waiting_for_others" ? 3 : stop.code === "usage" ? 2 : 1;
  } finally {
    await opened?.close();
  }
}

/** A verb that stops with findings shows them too. */
const reportOf = (error: unknown): Report => (error instanceof Error && "report" in error && typeof error.report === "object" && error.report !== null ? error.report as Report : {});
