// Reads a request with everything that is needed to decide about it: its document, card, merchant accounts and business units.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { CommandTable } from "../domain/payment/command.ts";
import type { Dataverse, ReadAnswer, RefundReading, RequestReading, Unavailable } from "../ports/dataverse.ts";
import { withColumn, type OptionalColumn } from "./optional-columns.ts";
import { errorOf, type OperationResult, type Part } from "./read-batch.ts";
import { businessUnitsPath, toBusinessUnits } from "./rows/business-unit.ts";
import { merchantAccountsPath, toMerchantAccounts } from "./rows/merchant-account.ts";
import { requestPath, toRequestRow } from "./rows/payment-request.ts";
import { refundRequestPath, toRefundRequestRow } from "./rows/refund-request.ts";
import type { BatchAnswer, Transport } from "./transport.ts";
import type { Operation, Read } from "./write-batch.ts";

export interface Reading { readonly transport: Transport; readonly levelThree: OptionalColumn }
export interface RequestQuery { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId; readonly table?: CommandTable | undefined }

/** The first operations of both batches, in this order. */
export const READS_COUNT = 3;
const readingOperations = ({ paymentRequestId, table }: RequestQuery, hasLevelThree: boolean): readonly Read[] => [
  table === "refundrequest" ? { kind: "read", path: refundRequestPath(paymentRequestId) } : { kind: "read", path: requestPath(paymentRequestId, hasLevelThree), isFormatted: true },
  { kind: "read", path: merchantAccountsPath(hasLevelThree) },
  { kind: "read", path: businessUnitsPath },
];

/** The reads and what follows them, in one `$batch`. A read that is refused for its column comes first and ends the batch: nothing was written, and it is asked without. */
export async function askWithReads({ transport, levelThree }: Reading, query: RequestQuery, following: readonly Operation[], budgetMs?: number): Promise<BatchAnswer | Unavailable> {
  const { organizationId } = query;
  const ask = (hasLevelThree: boolean): Promise<BatchAnswer | Unavailable> => transport.batch(organizationId, [...readingOperations(query, hasLevelThree), ...following], budgetMs);
  return query.table === "refundrequest" ? ask(false) : withColumn(levelThree, organizationId, ask, firstPart);
}

/** Of a batch that was answered. */
export const firstPart = (answer: BatchAnswer | Unavailable): Part | undefined => (answer.kind === "answered" ? partOf(answer.results[0]) : undefined);
export const partOf = (result: OperationResult | undefined): Part | undefined => (result?.kind === "part" ? result.part : undefined);
export const unavailable = (cause: string): Unavailable => ({ kind: "unavailable", cause });

/** Why a part is no answer, with Dataverse's own code; never its message, which may quote values. */
export function refusedPart(what: string, part: Part | undefined): Unavailable {
  return unavailable(part === undefined ? `${what}: no answer` : `${what}: ${part.status} ${errorOf(part).code}`.trim());
}

/** ObjectDoesNotExist; other 404s (an unknown table or column) are no statement about the row. */
const isMissingRow = (part: Part): boolean => part.status === 404 && errorOf(part).code.toLowerCase() === "0x80040217";

/** What the reads said. A request that cannot be read as it should be is not treated as missing: somebody has to look. */
export function toReading(answer: BatchAnswer): ReadAnswer {
  const read = toGround(answer);
  if (read.kind !== "ground") return read;
  const row = toRequestRow(read.request);
  return row === undefined ? misshapen : { ...read.ground, kind: "read", row } satisfies RequestReading;
}

/** The same for a row that asks for money out. */
export function toRefundReading(answer: BatchAnswer): RefundReading | Exclude<ReadAnswer, RequestReading> {
  const read = toGround(answer);
  if (read.kind !== "ground") return read;
  const row = toRefundRequestRow(read.request);
  return row === undefined ? misshapen : { ...read.ground, kind: "read_refund", row };
}

const misshapen: Unavailable = { kind: "unavailable", cause: "the request was read but is not of the shape asked for" };

type Ground = { readonly kind: "ground"; readonly request: unknown; readonly ground: Pick<RequestReading, "merchantAccounts" | "businessUnits" | "now"> } | Exclude<ReadAnswer, RequestReading>;

function toGround(answer: BatchAnswer): Ground {
  const [request, accounts, units] = answer.results.map(partOf);
  if (request !== undefined && isMissingRow(request)) return { kind: "request_not_found" };
  if (request?.status !== 200) return refusedPart("request", request);
  if (accounts?.status !== 200) return refusedPart("merchant accounts", accounts);
  if (units?.status !== 200) return refusedPart("business units", units);
  const merchantAccounts = toMerchantAccounts(accounts.body);
  const businessUnits = toBusinessUnits(units.body);
  if (merchantAccounts === undefined || businessUnits === undefined) return misshapen;
  return { kind: "ground", request: request.body, ground: { merchantAccounts, businessUnits, now: answer.now } };
}

/** A person waits for card entry to open: better to say soon that Dataverse does not answer. */
const BUDGET_MS = 6_000;

/** One `$batch` of reads. */
export const readRequest = (reading: Reading): Dataverse["readRequest"] => async (query) => {
  const answer = await askWithReads(reading, query, [], BUDGET_MS);
  return answer.kind === "unavailable" ? answer : toReading(answer);
};
