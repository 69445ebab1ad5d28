// `npm run relay -- timeline ID [--json]`: what happened to a payment, to read or to keep. Opens the ledger of the configuration and changes nothing.
import { parseArgs } from "node:util";
import type { LedgerPlace } from "./db/open-ledger.ts";
import { openLedger } from "./db/open-ledger.ts";
import { toTimelineText } from "./domain/timeline/build-timeline.ts";
import { tellTimeline } from "./flows/tell-timeline.ts";

const USAGE = "Usage: npm run -s relay -- timeline ID [--json]\nID: a payment request, payment or transaction row, or a merchant reference.\n";

/** Exit code: 0 told, 1 no such payment, 2 not asked properly. */
export async function runTimelineCommand(place: LedgerPlace, args: readonly string[], say: (text: string) => void): Promise<number> {
  const { positionals, values } = parseArgs({ args: [...args], options: { json: { type: "boolean", default: false } }, allowPositionals: true, strict: false });
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0) {
    say(USAGE);
    return 2;
  }
  const ledger = await openLedger(place);
  try {
    const timeline = await tellTimeline({ ledger }, id);
    if (timeline === undefined) {
      say(`No payment has the id ${id}.\n`);
      return 1;
    }
    say(values["json"] === true ? `${JSON.stringify(timeline, undefined, 2)}\n` : toTimelineText(timeline));
    return 0;
  } finally {
    await ledger.close();
  }
}
