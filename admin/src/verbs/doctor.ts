// doctor: every prerequisite and every moving part, green, amber or red, with the fix. All questions are asked at once and none is waited for
// longer than four seconds, so that the whole answer takes at most five. Nothing is changed.
import { setTimeout as delay } from "node:timers/promises";
import { amber, red, type Finding } from "../plans/finding.ts";
import { openRelay } from "../relay/relay-client.ts";
import { Stop } from "../stop.ts";
import { textOf, type Context, type Report, type Values, type Verb } from "../verb.ts";
import { DATAVERSE_QUESTIONS } from "./doctor/look-at-dataverse.ts";
import { DRIFT_QUESTIONS } from "./doctor/look-at-drift.ts";
import { RELAY_QUESTIONS } from "./doctor/look-at-relay.ts";
import type { Asked, Question } from "./doctor/question.ts";
import { whyNoButton } from "./doctor/why-no-button.ts";

export const doctorVerb: Verb = {
  name: "doctor",
  summary: "Say what is wrong and how to mend it: environment, solution, roles, steps, relay, ledger, clocks, keys, Cybersource, drift, announced retirements.",
  options: [{ flags: "--why <person>", about: "Why does this person not see the button? Full name, sign-in name or id." }],
  run: doctor,
};

const ANSWER_MS_MAX = 4_000;
const SIGNS = { green: "✓", amber: "!", red: "✗" } as const;

async function doctor(context: Context, values: Values): Promise<Report> {
  const person = textOf(values, "why");
  const findings = person === undefined ? await askAll(context) : await whyNoButton(await context.connect(), person);
  for (const finding of [...findings].sort(byLevel)) context.screen.show(`${SIGNS[finding.level]} ${finding.id.padEnd(26)} ${finding.what}${finding.fix === undefined ? "" : `\n    → ${finding.fix}`}`);
  const count = (level: Finding["level"]): number => findings.filter((finding) => finding.level === level).length;
  const report = { findings, green: count("green"), amber: count("amber"), red: count("red") };
  context.screen.show(`\n${report.green} green, ${report.amber} amber, ${report.red} red`);
  if (report.red > 0) throw Object.assign(new Stop("doctor_red", { count: report.red }), { report });
  return report;
}

const ORDER = { red: 0, amber: 1, green: 2 } as const;
const byLevel = (left: Finding, right: Finding): number => ORDER[left.level] - ORDER[right.level];

async function askAll(context: Context): Promise<readonly Finding[]> {
  const environment = context.environment();
  const dataverse = await context.connect();
  const relay = environment.relay === undefined ? undefined : openRelay({ url: environment.relay.url, network: context.network, secrets: context.secrets, operationsKey: environment.relay.operationsKey, now: () => context.clock.now() });
  const relayStatus = relay === undefined ? Promise.resolve(undefined) : relay.status();
  // Each question that needs it hears of its failure itself.
  relayStatus.catch(() => undefined);
  const asked: Asked = { context, dataverse, environment, relay, relayStatus };
  return (await Promise.all([...DATAVERSE_QUESTIONS, ...RELAY_QUESTIONS, ...DRIFT_QUESTIONS].map((question) => askOne(question, asked)))).flat();
}

async function askOne(question: Question, asked: Asked): Promise<readonly Finding[]> {
  const timer = new AbortController();
  try {
    return await Promise.race([question.ask(asked), delay(ANSWER_MS_MAX, undefined, { signal: timer.signal }).then(() => [amber(question.id, "no answer within four seconds", "Run doctor again; if it stays, look at the network to that part.")])]);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return [red(question.id, error.title, error.remedy)];
  } finally {
    timer.abort();
  }
}
