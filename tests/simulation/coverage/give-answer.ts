// Brings about the aimed answer at Cybersource's door, and keeps it true: what says that nothing was done is given in the stand-in's place, what says
// that something was done is the stand-in's own answer, in the row's words; where the rules leave open which, both are tried.
import type { WireReply } from "../../../plugin-proxy/src/cybersource/transport.ts";
import type { Reply } from "../../sandbox/kit/faults.ts";
import { findByTransactionId } from "../../sandbox/cybersource/payments/record.ts";
import { release } from "../../sandbox/cybersource/payments/reverse.ts";
import type { State } from "../../sandbox/cybersource/state.ts";
import type { Aim } from "./aims.ts";
import { NOT_CARRIED_OUT } from "./cells.ts";
import { saidIn } from "./said-in.ts";
import type { Flight } from "./watch-calls.ts";

type Json = Record<string, unknown>;
/** The rules leave open whether such a call was carried out (§3 rows 5, 11, 12). */
const isOpenToBoth = (status: number, text: string): boolean => status >= 500 || status === 408 || status === 302 || (status === 429 && text.includes('"id"'));
const ALREADY_DONE = "AUTH_ALREADY_REVERSED";
const FOREIGN_ID = "7000000000000000000009";

export interface Door {
  readonly state: State;
  readonly flight: Flight;
  /** What a timeout undo names. */
  readonly originalTransactionId: string | undefined;
  /** The stand-in's own answer. */
  readonly carryOut: () => Promise<Reply>;
}

/** Cybersource's answer to the call that an aim is about. */
export async function giveAnswer(aim: Aim, { state, flight, originalTransactionId, carryOut }: Door): Promise<Reply> {
  const { cell, isCarriedOut } = aim;
  if (cell.row === undefined) return cell.answer === NOT_CARRIED_OUT ? { status: 503, headers: { "content-type": "text/html" }, body: "<html>" } : carryOut();
  const { reply } = cell.row;
  if (reply.kind !== "replied") return carryOut();
  const written = asWritten(reply);
  if (reply.status === 201) {
    if (saidIn(cell)?.status === "INVALID_REQUEST") return written;
    const real = await carryOut();
    return real.status === 201 ? inWordsOf(cell.answer, written, real) : real;
  }
  if (cell.answer === ALREADY_DONE && isReversal(flight)) {
    reverseFirst(state, flight, originalTransactionId);
    return carryOut();
  }
  if (!isOpenToBoth(reply.status, reply.text) || !isCarriedOut) return written;
  const real = await carryOut();
  return reply.status === 429 && real.status === 201 ? { ...written, body: JSON.stringify({ id: parse(real)["id"] }) } : written;
}

/** The row's reply, as it stands in the table. */
function asWritten({ status, headers, text }: Extract<WireReply, { kind: "replied" }>): Reply {
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return { status, headers: { "content-type": text.startsWith("{") ? "application/json" : "text/html", ...own }, body: text };
}

const isReversal = ({ operation }: Flight): boolean => operation === "authorization_reversal" || operation === "timeout_reversal";
const parse = (reply: Reply): Json => JSON.parse(String(reply.body ?? "{}")) as Json;

/** The account reverses by itself, just before the call arrives: said of nothing else it would be a lie (recovery rules §4, risk decline). */
function reverseFirst(state: State, flight: Flight, originalTransactionId: string | undefined): void {
  const parent = originalTransactionId === undefined ? state.transactions.get(flight.parentId ?? "") : findByTransactionId(state, originalTransactionId);
  if (parent !== undefined && !parent.isReversed) release(state, parent, parent.authorized, { clientReferenceInformation: { code: parent.code } });
}

/** The stand-in's answer with the row's words in it; ids and amounts stay the real ones unless the row is about them. */
function inWordsOf(answer: string, written: Reply, real: Reply): Reply {
  const text = String(written.body);
  if (!text.startsWith("{")) return { ...written, status: 201 };
  const row = JSON.parse(text) as Json;
  const body: Json = { ...parse(real), status: row["status"] };
  for (const name of ["errorInformation", "clientReferenceInformation"]) if (row[name] !== undefined) body[name] = row[name];
  if (row["id"] === undefined) delete body["id"];
  if (row["id"] === FOREIGN_ID) body["id"] = FOREIGN_ID;
  if (answer.endsWith("another amount")) for (const name of ["orderInformation", "refundAmountDetails", "reversalAmountDetails"]) if (row[name] !== undefined) body[name] = row[name];
  return { ...real, body: JSON.stringify(body) };
}
