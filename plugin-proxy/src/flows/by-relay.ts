// Money out that the relay itself asked for: so says Dataverse of the row's author, whatever the row says.
import type { RefundGround } from "../ports/surroundings.ts";

export const isOfRelay = ({ row, relayUserId }: RefundGround): boolean => row.createdById === relayUserId && row.onBehalfById === undefined;
