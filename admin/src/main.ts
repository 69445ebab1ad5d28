// The admin command's composition root: the only file that knows the process, the real clock and every verb.
import { existsSync, readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentFile, readEnvironment, WAYS, type Environment, type Way } from "./configuration/environment-file.ts";
import { openSecrets, type Secrets } from "./configuration/secrets.ts";
import { openBrowser } from "./entra/open-browser.ts";
import { signIn, type Tokens } from "./entra/sign-in.ts";
import { openDataverse, type Dataverse } from "./dataverse/web-api.ts";
import { identify } from "./dataverse/identify.ts";
import { openNetwork, type Network } from "./network.ts";
import { runProgram, type ExitCode, type Io, type Opened } from "./program.ts";
import { openScreen } from "./screen/screen.ts";
import { Stop } from "./stop.ts";
import type { Clock } from "./clock.ts";
import { textOf, type Context, type Values } from "./verb.ts";
import { VERBS } from "./verbs.ts";

export interface AdminInput {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly io: Io;
  readonly workingFolder: string;
  readonly clock?: Clock;
  /** Tests follow the address themselves. */
  readonly openBrowser?: (url: string) => Promise<void>;
  /** Tests stand between the command and its network. */
  readonly through?: (network: Network) => Network;
}

const REAL_CLOCK: Clock = { now: () => Date.now(), sleep: async (ms) => { await sleep(ms); } };

/** Runs one command line in this process; tests give their own clock and streams. */
export const runAdmin = (input: AdminInput): Promise<ExitCode> => runProgram({ verbs: VERBS, io: input.io, open: (values) => open(input, values) }, input.args);

function open(input: AdminInput, values: Values): Opened {
  const { env, io } = input;
  const clock = input.clock ?? REAL_CLOCK;
  const screen = openScreen({ isJson: values["json"] === true, saysYes: values["yes"] === true, isTerminal: io.isTerminal && values["json"] !== true, out: io.out, err: io.err });
  const caFile = textOf(values, "ca") ?? env["CYBS_CA_FILE"];
  const ca = caFile === undefined ? undefined : readCa(caFile);
  const opened = openNetwork(ca);
  const network = input.through?.(opened) ?? opened;
  const environmentFile = resolve(input.workingFolder, textOf(values, "environment") ?? env["CYBS_ENVIRONMENT"] ?? "cybersource-payments.json");
  let tokens: Tokens | undefined;
  const secrets: Secrets = openSecrets({ env, network, vaultToken: (scope) => { if (tokens === undefined) throw new Stop("secret_missing", { reference: scope }); return tokens(scope); } });
  const enter = (environment: Environment): Dataverse => {
    tokens = signIn(environment.signIn, { network, say: (text) => { screen.say(text); }, secrets: () => secrets, env, openBrowser: async (url) => { screen.say(`Sign in in the browser. If it does not open: ${url}`); await (input.openBrowser ?? openBrowser)(url); } });
    return openDataverse({ url: environment.dataverse.url, network, tokens, clock });
  };
  const environment = (): Environment => withOptions(values, environmentFile);
  let connected: Promise<Dataverse> | undefined;
  const context: Context = {
    screen, clock, network, secrets, ca, workingFolder: input.workingFolder, environmentFile, environment, randomId: randomUUID,
    connect: () => (connected ??= identify(enter(environment()), environment())),
    connectTo: async (file) => { const other = readEnvironment(resolve(input.workingFolder, file)); return { environment: other, dataverse: await identify(enter(other), other) }; },
  };
  return { context, screen, close: () => network.close() };
}

function readCa(file: string): string {
  try { return readFileSync(file, "utf8"); } catch { throw new Stop("secret_missing", { reference: file }); }
}

/** --url makes do where there is no file yet; a file of another environment is not written over. --sign-in wins over the file. */
function withOptions(values: Values, file: string): Environment {
  const url = textOf(values, "url");
  const way = textOf(values, "signIn");
  if (way !== undefined && !WAYS.includes(way as Way)) throw new Stop("usage", {}, `--sign-in: ${way} is none of ${WAYS.join(", ")}.`);
  const base = url === undefined || existsSync(file) ? readEnvironment(file) : fromUrl(url);
  if (url !== undefined && fromUrl(url).dataverse.url !== base.dataverse.url) throw new Stop("usage", {}, `--url names ${url}, the file ${file} is for ${base.dataverse.url}: name another file with --environment.`);
  return way === undefined ? base : { ...base, signIn: { ...base.signIn, way: way as Way } };
}

function fromUrl(url: string): Environment {
  const parsed = EnvironmentFile.safeParse({ dataverse: { url: URL.canParse(url) ? new URL(url).origin : url } });
  if (!parsed.success) throw new Stop("usage", {}, `--url: ${url} is not an address.`);
  return parsed.data;
}

async function main(): Promise<void> {
  process.exitCode = await runAdmin({
    args: process.argv.slice(2), env: process.env, workingFolder: process.cwd(),
    io: { out: (text) => { process.stdout.write(text); }, err: (text) => { process.stderr.write(text); }, isTerminal: process.stdin.isTTY && process.stderr.isTTY },
  });
}

if (import.meta.main) await main();
