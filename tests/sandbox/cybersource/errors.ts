// The three families of error bodies (developer.cybersource.com, response codes): payments and most services flat, authentication
// {"response":{"rmsg"}}, token management {"errors":[…]}.
import type { Reply } from "../kit/faults.ts";
import { json } from "../kit/control.ts";
import type { State } from "./state.ts";

const MESSAGES: Readonly<Record<string, string>> = {
  MISSING_FIELD: "Declined - The request is missing one or more fields",
  INVALID_DATA: "Declined - One or more fields in the request contains invalid data",
  DUPLICATE_REQUEST: "The merchantReferenceCode sent with this authorization request matches the merchantReferenceCode of another authorization request that you sent in the last 15 minutes.",
  INVALID_MERCHANT_CONFIGURATION: "Declined - There is a problem with your merchant configuration.",
  PROCESSOR_UNAVAILABLE: "Declined - The processor is temporarily unavailable.",
  EXCEEDS_AUTH_AMOUNT: "Declined - The requested capture amount exceeds the originally authorized amount.",
  AUTH_ALREADY_REVERSED: "Declined - The authorization has already been reversed.",
  TRANSACTION_ALREADY_SETTLED: "Declined - The transaction has already been settled.",
  MISSING_AUTH: "Declined - You requested a capture, but there is no corresponding, unused authorization record.",
  NOT_VOIDABLE: "Decline - The capture or credit is not voidable because the capture or credit information has already been submitted to your processor.",
  CAPTURE_ALREADY_VOIDED: "Decline - You requested a credit for a capture that was previously voided.",
  INVALID_PAYMENT_ID: "Declined - The request ID is invalid.",
  INVALID_AMOUNT: "Declined - The amount is not valid.",
  NOT_SUPPORTED: "Declined - The requested service is not supported by the processor.",
};

const utc = (state: State): string => state.clock.now().toISOString().replace(/\.\d{3}Z$/, "Z");

/** 400 of the payment services. */
export const badRequest = (state: State, reason: string, fields: readonly string[] = [], id?: string): Reply => json(400, {
  ...(id === undefined ? {} : { id }), submitTimeUtc: utc(state), status: "INVALID_REQUEST", reason, message: MESSAGES[reason] ?? reason,
  ...(fields.length === 0 ? {} : { details: fields.map((field) => ({ field, reason: reason === "MISSING_FIELD" ? "MISSING_FIELD" : "INVALID_DATA" })) }),
});
/** 502: the documentation asks not to resend before the transaction's status was reviewed. */
export const serverError = (state: State, reason: "SYSTEM_ERROR" | "SERVER_TIMEOUT" | "SERVICE_TIMEOUT"): Reply =>
  json(502, { submitTimeUtc: utc(state), status: "SERVER_ERROR", reason, message: "Error - General system failure." });
/** The body of a 429 is not documented. */
export const tooManyRequests = (state: State): Reply => (state.settings.tooManyRequestsBody === "none" ? { status: 429, headers: { "retry-after": "1" } } : json(429, { message: "Too many requests" }, { "retry-after": "1" }));
/** The gateway's edge, for a wrong path or Accept. */
export const edgeNotFound = (): Reply => ({ status: 404, headers: { "content-type": "text/plain" }, body: "Resource not found" });
export const authenticationFailed = (): Reply => json(401, { response: { rmsg: "Authentication Failed" } });
export const notFound = (): Reply => json(404, { message: "The requested resource does not exist" });
/** Token management's family. */
export const tokenError = (status: number, type: string, message: string): Reply => json(status, { errors: [{ type, message }] });
