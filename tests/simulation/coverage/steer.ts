// Strikes at the aimed cells: gives the aimed answer to the first call of the aimed operation, and ends the process that made it at the aimed moment.
// A seed's other payments are left to the weather.
import type { Call, Reply } from "../../sandbox/kit/faults.ts";
import type { Settings, State } from "../../sandbox/cybersource/state.ts";
import type { WireFault } from "../weather.ts";
import type { Aim } from "./aims.ts";
import { CARRIED_OUT, type CrashPoint } from "./cells.ts";
import { giveAnswer } from "./give-answer.ts";
import type { Flight } from "./watch-calls.ts";

export interface Steering {
  /** Instant of the last strike; 0 before the first. */
  readonly struckAt: number;
  /** From here on this payment (organization and request) is aimed. */
  take(key: string, aim: Aim): void;
  /** What happens to a call on the wire; undefined: what the weather says. */
  faultOf(flight: Flight): WireFault | undefined;
  /** Cybersource's answer. */
  answer(state: State, flight: Flight, call: Call, carryOut: () => Promise<Reply>): Promise<Reply>;
  /** Does the process end now, in this phase of its call? */
  endsNow(flight: Flight, moment: "committing" | "committed"): boolean;
}

/** What the stand-in may pick to do besides. */
const PLAIN: Partial<Settings> = { failsAfterExecution: 0, lateAuthorization: 0, batchedBeforeVoid: 0, longSearchLag: 0 };
/** Until search and detail show what a timeout undo is to find first. */
const HIDDEN_MS = 3_600_000;

const ENDS: Readonly<Partial<Record<CrashPoint, { readonly moment: "committing" | "committed"; readonly phase: Flight["phase"] }>>> = {
  "before sent is committed": { moment: "committing", phase: "marking" }, "before the bytes leave": { moment: "committed", phase: "sent" },
  "before the answer is committed": { moment: "committing", phase: "answered" }, "before Dataverse is written": { moment: "committed", phase: "recorded" },
};

interface Aimed { readonly aim: Aim; /** The attempt that was struck. */ code?: string; isEnded?: true }

export function createSteering(now: () => number): Steering {
  let struckAt = 0;
  const aimed = new Map<string, Aimed>();
  const of = ({ intent }: Flight): Aimed | undefined => aimed.get(`${intent.organizationId} ${intent.paymentRequestId}`);
  /** Is this the call at which the cell is aimed? The first one is. */
  const strikes = (one: Aimed, flight: Flight): boolean => {
    if (flight.operation !== one.aim.cell.operation || (one.code !== undefined && one.code !== flight.code)) return false;
    one.code = flight.code;
    struckAt = now();
    return true;
  };
  return {
    get struckAt() { return struckAt; },
    take: (key, aim) => { aimed.set(key, { aim }); },
    faultOf: (flight) => {
      const one = of(flight);
      if (one === undefined) return undefined;
      if (isOriginal(one.aim, flight)) return isThere(one.aim) ? "drop_after" : "drop_before";
      return strikes(one, flight) ? faultAt(one.aim) : "none";
    },
    answer: async (state, flight, call, carryOut) => {
      const one = of(flight);
      if (one === undefined) return carryOut();
      const plainly = (): Promise<Reply> => withSettings(state, { ...PLAIN, ...(isOriginal(one.aim, flight) ? { searchLagMs: HIDDEN_MS } : {}) }, carryOut);
      return strikes(one, flight) ? giveAnswer(one.aim, { state, flight, originalTransactionId: originalIn(call), carryOut: plainly }) : plainly();
    },
    endsNow: (flight, moment) => {
      const one = of(flight);
      const end = one === undefined ? undefined : ENDS[one.aim.cell.point];
      if (one === undefined || end?.moment !== moment || end.phase !== flight.phase || one.isEnded === true || !strikes(one, flight)) return false;
      one.isEnded = true;
      return true;
    },
  };
}

function faultAt({ cell, isCarriedOut }: Aim): WireFault {
  if (cell.point === "before the answer") return "crash_after";
  switch (cell.row?.reply.kind) {
    case "not_sent": return "not_sent";
    case "no_reply": return isCarriedOut ? "drop_after" : "drop_before";
    default: return "none";
  }
}

const isTimeoutUndo = ({ cell }: Aim): boolean => cell.operation === "timeout_void" || cell.operation === "timeout_reversal";
/** The payment that a timeout undo is to take back. */
const isOriginal = (aim: Aim, { operation }: Flight): boolean => isTimeoutUndo(aim) && (operation === "authorization" || operation === "sale");

/** Refusals that tell the relay that Cybersource has no such transaction: true only where it has none. */
const SAYS_NOT_THERE: ReadonlySet<string> = new Set(["INVALID_DATA", "INVALID_DATA code", "INVALID_DATA transactionId", "NOT_SUPPORTED", "201 INVALID_REQUEST"]);
/** Was the original carried out? */
const isThere = ({ cell, isCarriedOut }: Aim): boolean => {
  if (SAYS_NOT_THERE.has(cell.answer)) return false;
  const isDone = cell.answer === CARRIED_OUT || cell.answer === "AUTH_ALREADY_REVERSED" || (cell.row?.reply.kind === "replied" && cell.row.reply.status === 201);
  return isDone || isCarriedOut;
};

/** A timeout undo names what it takes back in the place of its own transactionId. */
const originalIn = (call: Call): string | undefined => (/\/pts\/v2\/(?:voids|reversals)$/.test(call.url) ? /"transactionId":"([^"]+)"/.exec(call.body.toString("utf8"))?.[1] : undefined);

/** The stand-in with other switches for one call; nothing else happens meanwhile. */
async function withSettings(state: State, settings: Partial<Settings>, work: () => Promise<Reply>): Promise<Reply> {
  const before = { ...state.settings };
  Object.assign(state.settings, settings);
  try { return await work(); } finally { Object.assign(state.settings, before); }
}
