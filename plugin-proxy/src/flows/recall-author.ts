// After a lost ledger a release is known, and not who asked for it: Dataverse is asked, where a capture has come too late and it matters whether the
// relay itself let go of the hold by rule (late-captures.ts).
import { isTooLateIfByRelay } from "../domain/expiry/late-captures.ts";
import type { ChangeCommand } from "../domain/payment/command.ts";
import type { Intent } from "../domain/payment/intent.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import { isOfRelay } from "./by-relay.ts";
import type { FlowDeps } from "./deps.ts";

/** The payment with the author of such releases; as it is, where nothing hangs on it. */
export async function recallAuthors(deps: FlowDeps, intent: Intent): Promise<Intent | Unavailable> {
  const { organizationId } = intent;
  if (!intent.effects.some((effect) => isTooLateIfByRelay(intent, effect))) return intent;
  const commands: ChangeCommand[] = [];
  for (const command of intent.commands) {
    const isDoubtful = command.action === "authorization_reversal" && command.isForeign === true;
    const ground = isDoubtful ? await deps.surroundings.readRefundGround({ organizationId, refundRequestId: command.commandId }) : undefined;
    if (ground?.kind === "unavailable") return ground;
    commands.push(ground?.kind === "read" && isOfRelay(ground) ? { ...command, isByRelay: true } : command);
  }
  return { ...intent, commands };
}
