// What decides who may give this money back: the row as it stands, all limits, the units, the merchant accounts, the author's unit, and who the relay itself is.
import { refundRequestTable } from "@cybs/schema";
import { z } from "zod";
import type { Surroundings } from "../../ports/surroundings.ts";
import { errorOf } from "../read-batch.ts";
import { partOf, refusedPart, unavailable } from "../read-request.ts";
import { bulkRunPath, toBulkRun } from "../rows/bulk-run.ts";
import { businessUnitsPath, toBusinessUnits } from "../rows/business-unit.ts";
import { guidColumn } from "../rows/column-kinds.ts";
import { merchantAccountsPath, toMerchantAccounts } from "../rows/merchant-account.ts";
import { refundLimitsPath, toRefundLimits } from "../rows/refund-limit.ts";
import { refundRequestPath, toRefundRequestRow } from "../rows/refund-request.ts";
import type { Transport } from "../transport.ts";

const UNIT = "_businessunitid_value";
const authorUnitPath = (id: string): string => `${refundRequestTable.entitySetName}(${id})?$select=${refundRequestTable.primaryId}&$expand=${refundRequestTable.navigation.createdBy}($select=${UNIT})`;
const AuthorUnit = z.object({ [refundRequestTable.navigation.createdBy]: z.nullish(z.object({ [UNIT]: guidColumn })) });
const WhoAmI = z.object({ UserId: z.guid() });
const MISSING = "0x80040217";

export const readRefundGround = (transport: Transport): Surroundings["readRefundGround"] => async ({ organizationId, refundRequestId }) => {
  const answer = await transport.batch(organizationId, [
    { kind: "read", path: refundRequestPath(refundRequestId) }, { kind: "read", path: refundLimitsPath }, { kind: "read", path: businessUnitsPath },
    { kind: "read", path: authorUnitPath(refundRequestId) }, { kind: "read", path: "WhoAmI()" },
    { kind: "read", path: merchantAccountsPath(false) },
  ]);
  if (answer.kind === "unavailable") return answer;
  const parts = answer.results.map(partOf);
  const [request, limitPart, unitPart, authorPart, whoPart, accountPart] = parts;
  if (request?.status === 404 && errorOf(request).code.toLowerCase() === MISSING) return { kind: "request_not_found" };
  const failed = parts.find((part) => part?.status !== 200);
  if (failed !== undefined || parts.length < 6) return refusedPart("refund request", failed);
  const row = toRefundRequestRow(request?.body);
  const limits = toRefundLimits(limitPart?.body);
  const businessUnits = toBusinessUnits(unitPart?.body);
  const merchantAccounts = toMerchantAccounts(accountPart?.body);
  const who = WhoAmI.safeParse(whoPart?.body);
  if (row === undefined || limits === undefined || businessUnits === undefined || merchantAccounts === undefined || !who.success) return unavailable("the refund request was read but is not of the shape asked for");
  const authorUnitId = AuthorUnit.safeParse(authorPart?.body).data?.[refundRequestTable.navigation.createdBy]?.[UNIT];
  return { kind: "read", row, limits, businessUnits, merchantAccounts, authorUnitId, relayUserId: who.data.UserId.toLowerCase() };
};

/** A run that is not there, or cannot be read as one, is `undefined`: its lines are refused. */
export const readBulkRun = (transport: Transport): Surroundings["readBulkRun"] => async ({ organizationId, bulkRunId }) => {
  const answer = await transport.batch(organizationId, [{ kind: "read", path: bulkRunPath(bulkRunId) }]);
  if (answer.kind === "unavailable") return answer;
  const part = partOf(answer.results[0]);
  if (part?.status === 404 && errorOf(part).code.toLowerCase() === MISSING) return { kind: "read", run: undefined };
  return part?.status === 200 ? { kind: "read", run: toBulkRun(part.body) } : refusedPart("bulk run", part);
};
