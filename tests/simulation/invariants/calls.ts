// Invariants 1, 2 and 5, where a call reaches Cybersource: its `sent` was committed before; no attempt comes twice; the key is the organization's own.
import type { Call, Reply } from "../../sandbox/kit/faults.ts";
import type { Transaction } from "../../sandbox/cybersource/state.ts";
import { noteTransaction } from "../live-money.ts";
import type { Neighbourhood } from "../neighbours.ts";
import type { World } from "../world.ts";
import { moneyWentOut } from "./approvals.ts";
import { undoExecuted } from "./told.ts";

type Json = Record<string, unknown>;
const parse = (text: string): Json => { if (text === "") return {}; try { return JSON.parse(text) as Json; } catch { return {}; } };
const isMoneyCall = ({ method, url }: Call): boolean => method !== "GET" && (url.startsWith("/pts/v2/") || url.startsWith("/risk/v1/decisions/"));
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const messageIdOf = (call: Call): string => textOf(parse(Buffer.from((call.headers.authorization ?? "").split(".")[1] ?? "", "base64url").toString("utf8"))["jti"]);
const codeOf = (call: Call): string => textOf((parse(call.body.toString("utf8"))["clientReferenceInformation"] as Json | undefined)?.["code"]);

/** Has a call answered, and looks at it before and after. */
export async function arrives(world: World, hood: Neighbourhood, call: Call, answer: () => Promise<Reply>): Promise<Reply> {
  const { state } = hood.cybersource;
  const code = codeOf(call);
  if (isMoneyCall(call)) checkMoneyCall(world, hood, call, code);
  else if (call.url === "/tss/v2/searches") checkSearch(world, hood, call);
  const before = state.transactions.size;
  const reply = await answer();
  const owner = world.history.planned.get(code);
  if (owner !== undefined) world.history.touched.add(owner.intent);
  if (isMoneyCall(call)) {
    const said = parse((reply.body ?? "").toString());
    world.scheduler.note(`  ${hood.organizationId.slice(-1)} ${code} ${reply.status} ${textOf(said["status"])} ${textOf(said["reason"])}`);
  }
  if (state.transactions.size > before) for (const one of [...state.transactions.values()].slice(before)) noteNew(world, hood, one);
  return reply;
}

function checkMoneyCall(world: World, hood: Neighbourhood, call: Call, code: string): void {
  const { history } = world;
  if (call.url.startsWith("/risk/")) { checkCaseDecision(world, hood, call); return; }
  const sent = history.sent.get(code);
  if (sent === undefined) world.fail(1, `${call.method} ${call.url} with ${code} came without its "sent" committed`);
  const owner = sent ?? history.planned.get(code);
  if (owner !== undefined && owner.organizationId !== hood.organizationId) world.fail(5, `a call of ${owner.organizationId} was signed with the key of ${hood.cybersource.merchant.id}`);
  const jti = messageIdOf(call);
  const known = history.arrived.get(code);
  // The network's own copy carries the same message id, and is refused as a replay.
  if (known !== undefined && known !== jti) world.fail(2, `attempt ${code} reached Cybersource twice`);
  history.arrived.set(code, jti);
}

/** A case decision carries no reference: it must be the sent decision of the payment that it names. */
function checkCaseDecision(world: World, hood: Neighbourhood, call: Call): void {
  const parent = hood.cybersource.state.transactions.get(/decisions\/(\d+)\//.exec(call.url)?.[1] ?? "");
  const owner = parent === undefined ? undefined : world.history.planned.get(parent.code);
  const isSent = owner !== undefined && [...world.history.sent.values()].some((one) => one.intent === owner.intent && one.kind === "case_decision");
  if (!isSent) world.fail(1, `a decision on case ${parent?.id ?? "?"} came without its "sent" committed`);
}

/** Searches name references: each must be the organization's own. */
function checkSearch(world: World, hood: Neighbourhood, call: Call): void {
  for (const [code] of textOf(parse(call.body.toString("utf8"))["query"]).matchAll(/[A-Z2-9]{16}-[A-Z0-9]+/g)) {
    const owner = world.history.planned.get(code);
    if (owner !== undefined && owner.organizationId !== hood.organizationId) world.fail(5, `${code} of ${owner.organizationId} was looked for with the key of ${hood.cybersource.merchant.id}`);
  }
}

function noteNew(world: World, hood: Neighbourhood, one: Transaction): void {
  const owner = world.history.planned.get(one.code) ?? world.history.planned.get(hood.cybersource.state.transactions.get(one.parentId ?? "")?.code ?? "");
  if (owner === undefined) { world.fail(1, `${one.kind} ${one.id} with a reference that nobody has planned: ${one.code}`); return; }
  noteTransaction(world, owner.intent, one.id);
  world.history.touched.add(owner.intent);
  undoExecuted(world, hood, one, owner.intent);
  moneyWentOut(world, one, owner.intent);
}
