// The Cybersource stand-in without sockets: whole calls in, whole answers out, deliveries by the clock. start.ts puts it on ports; a simulation
// that runs everything in one process opens it as it is.
import { createPublicKey } from "node:crypto";
import type { BusinessClock } from "../kit/clock.ts";
import { answerControl, json, type Control } from "../kit/control.ts";
import { createFaults, type Answer, type Call, type Faults, type Reply } from "../kit/faults.ts";
import type { Outside } from "../kit/outside.ts";
import { createRandom } from "../kit/random.ts";
import type { MetaKey } from "./authentication/key-store.ts";
import { answerApi } from "./api-side.ts";
import { decide, readDecision } from "./decisions/actions.ts";
import { answerBrowser, libraryAt } from "./flex/browser-side.ts";
import { createFlexKeys } from "./flex/sessions.ts";
import type { FlexKeyPair } from "./flex/sign-jws.ts";
import { ledgerOf } from "./ledger.ts";
import { completeLate } from "./payments/late.ts";
import { chargeBack } from "./reporting/chargeback-details.ts";
import { settle } from "./reporting/purchase-refund-details.ts";
import { createState, resetState, type Settings, type State } from "./state.ts";
import { mildStrictness, worstStrictness } from "./strictness.ts";
import { runDueDeliveries } from "./webhooks/deliver.ts";

export interface Merchant {
  readonly id: string;
  readonly keyId: string;
  readonly sharedSecret: string;
}
export interface OpenCybersourceOptions {
  readonly clock: BusinessClock;
  readonly seed: number;
  readonly merchant?: Merchant;
  readonly say?: (text: string) => void;
  /** How often this place was opened before: randomness must not repeat itself. */
  readonly starts?: number;
  /** Key pairs of capture contexts; without it each is made anew. */
  readonly flexKeyPair?: () => Promise<FlexKeyPair>;
  /** Timers and outgoing calls; the real ones without it. */
  readonly outside?: Outside;
}
export interface OpenCybersource {
  readonly state: State;
  readonly merchant: Merchant;
  readonly faults: Faults;
  /** One call of the REST API, with no socket in between. */
  readonly answer: Answer;
  /** One call of the browser side. */
  readonly answerBrowser: Answer;
  /** Where the Flex library is loaded from: known once the browser side has its address. */
  browserUrl: string;
}

/** A merchant of the sandbox only; the secret signs nothing anywhere else. */
const SANDBOX_MERCHANT: Merchant = { id: "fabrikam_sandbox", keyId: "0f3c1a52-6f0e-4c58-9a51-2d0c7f6f9d11", sharedSecret: Buffer.from("a secret of the sandbox, of no use elsewhere").toString("base64") };

/** What a merchant does with keys in the Business Center: fetch the P12 file, make a meta key, hand in a key for encrypted answers. */
const keyControls = (state: State): Readonly<Record<string, (call: Call) => Reply>> => ({
  "GET p12": () => ({ status: 200, headers: { "content-type": "application/x-pkcs12" }, body: state.keyStore.p12().file }),
  "GET encryption-certificate": () => ({ status: 200, headers: { "content-type": "application/x-pem-file" }, body: state.keyStore.p12().encryptionCertificate }),
  "POST meta-keys": (call) => { const key = JSON.parse(call.body.toString("utf8")) as MetaKey; state.keyStore.metaKeys.set(key.keyId, key); return json(200, { keyId: key.keyId }); },
  "POST response-keys": (call) => { const { keyId, publicKey } = JSON.parse(call.body.toString("utf8")) as { keyId: string; publicKey: string }; state.keyStore.responseKeys.set(keyId, createPublicKey(publicKey)); return json(200, { keyId }); },
});

/** `worst` turns every strictness on (true) or back to mild (false); what is named besides it wins. */
function changeSettings(state: State, { worst, ...named }: Partial<Settings> & { worst?: boolean }): Settings {
  Intl.DateTimeFormat("en", { timeZone: named.batchTimeZone }); // throws for a zone that nobody knows
  for (const name of Object.keys(named)) if (!Object.hasOwn(state.settings, name)) throw new Error(`no setting ${name}`);
  state.settings = { ...state.settings, ...(worst === undefined ? {} : worst ? worstStrictness() : mildStrictness()), ...named };
  return state.settings;
}

/** A reviewer in the Business Center decides a case by hand: {id, decision, action?, comments?, reviewer?}. */
function reviewByHand(state: State, call: Call): Reply {
  const { id, decision, action, comments, reviewer = "a.reviewer" } = JSON.parse(call.body.toString("utf8")) as Record<string, string | undefined>;
  const parent = state.transactions.get(id ?? "");
  const input = readDecision({ decisionInformation: { decision, comments }, processingInformation: { actionList: action === undefined ? [] : [action] } }, reviewer);
  if (parent?.review !== "case" || typeof input === "string") throw new Error("no open case, or no such decision");
  return json(200, decide(state, parent, input));
}

const wordsOf = (call: Call): Readonly<Record<string, string | undefined>> => JSON.parse(call.body.toString("utf8")) as Readonly<Record<string, string | undefined>>;

function controlOf(state: State, faults: Faults): Control {
  return {
    clock: state.clock, faults,
    reset: () => { resetState(state); faults.clear(); },
    more: {
      "GET ledger": () => { completeLate(state); return json(200, ledgerOf(state)); },
      "GET requests": () => json(200, state.calls),
      "GET notifications": () => json(200, state.webhooks.notifications),
      "POST deliver": async () => { await runDueDeliveries(state); return json(200, {}); },
      "POST cases": (call) => reviewByHand(state, call),
      "POST settlements": (call) => json(200, settle(state, wordsOf(call))),
      "POST chargebacks": (call) => json(200, chargeBack(state, wordsOf(call))),
      ...keyControls(state),
      "GET settings": () => json(200, state.settings),
      "POST settings": (call) => json(200, changeSettings(state, JSON.parse(call.body.toString("utf8")) as Partial<Settings> & { worst?: boolean })),
    },
  };
}

/** Opens it: calls are answered, deliveries go out when the clock moves or their time has come. */
export async function openCybersource(options: OpenCybersourceOptions): Promise<OpenCybersource> {
  const { clock, seed, merchant = SANDBOX_MERCHANT, starts = 0, outside } = options;
  const state = createState({ clock, random: createRandom(seed + starts), seed, merchant, ...(outside === undefined ? {} : { outside }) });
  const keys = await createFlexKeys(options.flexKeyPair);
  const faults = createFaults();
  const say = options.say ?? ((text) => { process.stderr.write(`${text}\n`); });
  const control = controlOf(state, faults);
  clock.onMove(() => runDueDeliveries(state));
  state.webhooks.wake = (ms) => { state.outside.later(ms, () => { void runDueDeliveries(state); }); };
  const withControl = (answer: Answer): Answer => async (call) => await answerControl(control, call) ?? answer(call);
  const open: OpenCybersource = {
    state, merchant, faults, browserUrl: "https://flex.invalid",
    answer: withControl((call) => answerApi({ state, keys, library: libraryAt(open.browserUrl), say }, call)), answerBrowser: withControl((call) => answerBrowser(state, call)),
  };
  return open;
}
