// All that a sweep reads, in one `$batch`: service protection counts requests, and sweeps are most of what a quiet relay asks. What waits comes
// first, and people's decisions last: nothing after a part that failed is executed.
import type { Dataverse, Unavailable } from "../ports/dataverse.ts";
import { findDecisions } from "./find-decisions.ts";
import { findWork } from "./find-work.ts";
import { foreignEdits } from "./foreign-edits.ts";
import type { Question } from "./question.ts";
import { partOf } from "./read-request.ts";
import type { Transport } from "./transport.ts";

export function readSweep(transport: Transport): Dataverse["readSweep"] {
  const askForWork = findWork();
  return async ({ organizationId, changedSince, positions }) => {
    const [work, foreign, decided] = [askForWork(organizationId, changedSince), foreignEdits(positions), findDecisions(changedSince)];
    const answer = await transport.batch(organizationId, [...work.reads, ...foreign.reads, ...decided.reads]);
    if (answer.kind === "unavailable") return { work: answer, foreign: answer, decided: answer };
    const parts = answer.results.map(partOf);
    const saidBy = <Said>({ reads, said }: Question<Said>): Said | Unavailable => said(parts.splice(0, reads.length), answer.now);
    return { work: saidBy(work), foreign: saidBy(foreign), decided: saidBy(decided) };
  };
}
