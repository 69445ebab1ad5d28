// Expiry as people type or paste it, made into what is accepted: two digits of the month, two of the year. Pure.
export interface Expiry { readonly expiryMonth: string; readonly expiryYear: string }
export interface Typed extends Expiry {
  /** What was typed belongs to the year from here on: the cursor goes there. Never moved for a month alone (WCAG 2.2, 3.2.2 On Input). */
  readonly isYearNext: boolean;
}

const twoDigits = (text: string): string => text.padStart(2, "0");
/** 2031 is 31; three digits are a year that is being typed. */
function yearOf(digits: string): string {
  if (/^20\d\d/.test(digits)) return digits.slice(2, 4);
  return digits.startsWith("20") ? digits.slice(0, 3) : digits.slice(0, 2);
}

/** A whole expiry in one go: 12/31, 1/31, 12 - 2031. */
function wholeOf(text: string): Typed | undefined {
  const parts = /^\s*(\d{1,2})\s*[/.\-–]\s*(\d*)\s*$/.exec(text);
  return parts === null ? undefined : { expiryMonth: twoDigits(parts[1] ?? ""), expiryYear: yearOf(parts[2] ?? ""), isYearNext: true };
}

/** The month's box. A separator or a third digit is the year's: MM/YY and MMYY can be typed on without leaving it. */
export function typeMonth(before: Expiry, text: string): Typed {
  const whole = wholeOf(text);
  if (whole !== undefined) return whole.expiryYear === "" ? { ...whole, expiryYear: before.expiryYear } : whole;
  const digits = text.replace(/\D/g, "");
  if (digits.length <= 2) return { expiryMonth: digits, expiryYear: before.expiryYear, isYearNext: false };
  // 531 is May 2031: there is no month 53.
  const monthDigits = Number(digits.slice(0, 2)) > 12 ? 1 : 2;
  return { expiryMonth: twoDigits(digits.slice(0, monthDigits)), expiryYear: yearOf(digits.slice(monthDigits)), isYearNext: true };
}

/** The year's box: a year of four digits, and a whole expiry pasted into it, are understood. */
export function typeYear(before: Expiry, text: string): Expiry {
  const whole = wholeOf(text);
  if (whole !== undefined && whole.expiryYear !== "") return { expiryMonth: whole.expiryMonth, expiryYear: whole.expiryYear };
  return { expiryMonth: before.expiryMonth, expiryYear: yearOf(text.replace(/\D/g, "")) };
}

/** A month of one digit is complete once the box is left. */
export const leaveMonth = (month: string): string => (/^[1-9]$/.test(month) ? twoDigits(month) : month);
