// The words beside a reason in errorInformation. Recorded answers where there are any (payments guide, reason codes), else the guide's own sense.
const MESSAGES: Readonly<Record<string, string>> = {
  AVS_FAILED: "Soft Decline - The authorization request was approved by the issuing bank but declined by CyberSource because it did not pass the Address Verification Service (AVS) check.",
  CV_FAILED: "Soft Decline - The authorization request was approved by the issuing bank but declined by CyberSource because it did not pass the card verification check.",
  DECISION_PROFILE_REJECT: "The order has been rejected by Decision Manager", SCORE_EXCEEDS_THRESHOLD: "The order has been rejected by Decision Manager", DECISION_PROFILE_REVIEW: "The order is marked for review by Decision Manager",
  INVALID_ACCOUNT: "Decline - Invalid account number", EXPIRED_CARD: "Decline - Expired card.", INSUFFICIENT_FUND: "Decline - Insufficient funds in the account.", STOLEN_LOST_CARD: "Decline - Stolen or lost card.",
  ISSUER_UNAVAILABLE: "Decline - Issuing bank unavailable.", GENERAL_DECLINE: "Decline - General decline by the processor.", EXCEEDS_CREDIT_LIMIT: "Decline - The card has reached the credit limit.", CVN_NOT_MATCH: "Decline - The card verification number did not match.",
  CONSUMER_AUTHENTICATION_REQUIRED: "The cardholder is enrolled in Payer Authentication. Please authenticate the cardholder before continuing with the transaction.",
};
export const messageFor = (reason: string): string => MESSAGES[reason] ?? "Decline - General decline of the card. No other information provided by the issuing bank.";
