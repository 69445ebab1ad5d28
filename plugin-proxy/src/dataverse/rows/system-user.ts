// Who made a row: an interactive person, or an application, a flow, somebody on somebody's behalf (design D1, Who).
import { z } from "zod";
import type { Author } from "../../domain/payment/command.ts";
import { flagColumn, guidColumn, textColumn, wholeColumn } from "./column-kinds.ts";
import { systemUser } from "./standard-tables.ts";

const columns = systemUser.columns;

export const userExpand = `($select=${columns.fullName},${columns.isDisabled},${columns.accessMode},${columns.applicationId})`;
export const UserColumns = z.object({ [columns.fullName]: textColumn, [columns.isDisabled]: flagColumn, [columns.accessMode]: wholeColumn, [columns.applicationId]: guidColumn });
type UserRow = z.infer<typeof UserColumns>;

/** A user that could not be read is nobody's interactive person. */
export function toAuthor(user: UserRow | null | undefined, userId: string, isOnBehalf: boolean): Author {
  const isPerson = user !== null && user !== undefined && !user[columns.isDisabled] && user[columns.applicationId] === undefined
    && user[columns.accessMode] === systemUser.accessModes.readWrite;
  return { userId, fullName: user?.[columns.fullName] ?? "", isInteractivePerson: isPerson && !isOnBehalf };
}
