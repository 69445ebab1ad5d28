// All that a sweep reads, in one `$batch`: service protection counts requests, and sweeps are most of what a quiet relay asks. Nothing after a part
// that failed is executed, so questions behind one that failed are asked again without it: none of the three ever waits for another to be mended.
import type { OrganizationId } from "../domain/ids.ts";
import type { Dataverse, Unavailable } from "../ports/dataverse.ts";
import { findDecisions } from "./find-decisions.ts";
import { findWork } from "./find-work.ts";
import { foreignEdits } from "./foreign-edits.ts";
import type { Question } from "./question.ts";
import type { Part } from "./read-batch.ts";
import { partOf } from "./read-request.ts";
import type { Transport } from "./transport.ts";
import type { Read } from "./write-batch.ts";

export function readSweep(transport: Transport): Dataverse["readSweep"] {
  const [askForWork, askForDecisions] = [findWork(), findDecisions()];
  return async ({ organizationId, changedSince, positions }) => {
    const [work, foreign, decided] = [askForWork(organizationId, changedSince), foreignEdits(positions), askForDecisions(organizationId, changedSince)];
    const [first, second, third] = await askEach(transport, organizationId, [work.reads, foreign.reads, decided.reads]);
    return { work: saidBy(work, first), foreign: saidBy(foreign, second), decided: saidBy(decided, third) };
  };
}

type Asked = { readonly kind: "parts"; readonly parts: readonly (Part | undefined)[]; readonly now: number } | Unavailable;

/** What each of the lists of reads was answered: at least its first part, or why there is none. */
async function askEach(transport: Transport, organizationId: OrganizationId, lists: readonly (readonly Read[])[]): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  while (asked.length < lists.length) {
    const left = lists.slice(asked.length);
    const answer = await transport.batch(organizationId, left.flat());
    if (answer.kind === "unavailable") return [...asked, ...left.map(() => answer)];
    const parts = answer.results.map(partOf);
    for (const [index, list] of left.entries()) {
      // The first is taken as it is: it was reached, or nothing was.
      if (index > 0 && parts.length === 0) break;
      asked.push({ kind: "parts", parts: parts.splice(0, list.length), now: answer.now });
    }
  }
  return asked;
}

const saidBy = <Said>(question: Question<Said>, asked: Asked | undefined): Said | Unavailable => (asked === undefined ? { kind: "unavailable", cause: "not asked" } : asked.kind === "unavailable" ? asked : question.said(asked.parts, asked.now));
