// The card-entry page: opens a session for the row the control names, shows Cybersource's fields, hands the token to the relay, and pokes.
// It never sees a card number: that stays in Cybersource's own frames.
import type { ControlMessage, SessionResponse, ThemeTokens } from "@cybs/contract";
import { familyOf, openMicroform, stylesOf, type FieldData, type FlexField, type Microform } from "./flex.ts";
import { listenToParent, type Parent } from "./parent.ts";
import { openSession, poke, reportForeign, storeToken } from "./relay-api.ts";
import { watchPage } from "./watch-page.ts";
import { directionOf, problemWords, wordsFor } from "./words.ts";

type Open = Extract<ControlMessage, { kind: "open" }>;
interface Entry { readonly open: Open; readonly parent: Parent; session?: SessionResponse; microform?: Microform; fields: readonly FlexField[]; isBusy: boolean; brand?: string | undefined }

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found;
};
const version = document.querySelector<HTMLMetaElement>("meta[name=page-version]")?.content ?? "";
const EARLY_MS = 30_000;
const SESSION_MS_MAX = 15 * 60_000;
let entry: Entry | undefined;
/** The organization is named by the page's own address. */
const pageWatch = watchPage(document, document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "", (foreign) => { void reportForeign(location.pathname.split("/")[2] ?? "", foreign); });

function paint(theme: ThemeTokens): void {
  const { style } = document.documentElement;
  for (const name of ["foreground", "background", "border", "accent", "danger"] as const) style.setProperty(`--${name}`, theme[name]);
  style.setProperty("--family", familyOf(theme.fontFamily));
  style.setProperty("--size", `${theme.fontSizePx}px`);
  style.colorScheme = theme.scheme === "dark" ? "dark" : "light";
  for (const field of entry?.fields ?? []) field.update({ styles: stylesOf(theme) });
}

const problem = (of: Entry, code: string, title: string, more: { readonly isRetryable?: boolean; readonly field?: "number" | "securityCode" | "expiry"; readonly retryAfterSeconds?: number; readonly paymentInProgress?: { who: string; since: string } } = {}): void => {
  const { isRetryable = false, ...rest } = more;
  of.parent.say({ v: 1, kind: "problem", nonce: of.open.nonce, code, title, isRetryable, ...rest });
};

const RETRYABLE = new Set(["dataverse_unavailable", "cybersource_unavailable", "relay_unreachable", "nonce_expired", "nonce_spent", "session_expired", "too_many_sessions", "ledger_unavailable"]);

async function start(message: Open, parent: Parent): Promise<void> {
  unmount(entry);
  const current: Entry = { open: message, parent, fields: [], isBusy: false };
  entry = current;
  paint(message.theme);
  speak(message.locale);
  element("fields").hidden = true;
  element("waiting").hidden = false;
  const answer = await openSession({ organizationId: message.organizationId, paymentRequestId: message.paymentRequestId, nonce: message.nonce, ancestorOrigins: [...parent.ancestorOrigins], card: message.card });
  if (entry !== current) return;
  element("waiting").hidden = true;
  if (!answer.ok) {
    const { code, title, detail, retryAfterSeconds, paymentInProgress } = answer.problem;
    problem(current, code, problemWords(message.locale, code, detail ?? title), { isRetryable: RETRYABLE.has(code), ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }), ...(paymentInProgress === undefined ? {} : { paymentInProgress }) });
    return;
  }
  current.session = answer.value;
  if (message.card) await showFields(current, answer.value);
  if (!isOpen(current)) return;
  const { action, amount, currency, openAmount, expiresAt, paymentInProgress } = answer.value;
  parent.say({ v: 1, kind: "session", nonce: message.nonce, action, amount, currency, openAmount, expiresAt, ...(paymentInProgress === undefined ? {} : { paymentInProgress }) });
  setTimeout(() => { if (isOpen(current)) problem(current, "session_expired", wordsFor(message.locale).expired, { isRetryable: true }); }, lifeOf(expiresAt));
}

/** The page's own words in the session's language, and its direction. */
function speak(locale: string): void {
  const words = wordsFor(locale);
  document.documentElement.lang = locale.slice(0, 2);
  document.documentElement.dir = directionOf(locale);
  document.title = words.title;
  element("secured-label").textContent = words.secured;
  element("number-label").textContent = words.number;
  element("code-label").textContent = words.code;
  element("waiting").textContent = words.opening;
}

/** Milliseconds until this session should be opened anew. A browser's clock may be wrong: an end in the past or far away is not believed. */
function lifeOf(expiresAt: string): number {
  const left = Date.parse(expiresAt) - Date.now();
  return (left > EARLY_MS && left <= SESSION_MS_MAX ? left : SESSION_MS_MAX) - EARLY_MS;
}

/** Still the one that is shown: another document may have been opened while an answer was on its way. */
const isOpen = (one: Entry): boolean => entry === one;

function unmount(of: Entry | undefined): void {
  for (const field of of?.fields ?? []) {
    // A field that never finished loading refuses to be unloaded; the next one takes its place all the same.
    try { field.unload(); } catch { /* nothing to take away */ }
  }
  element("number").replaceChildren();
  element("securityCode").replaceChildren();
  element("number-error").textContent = "";
  element("code-error").textContent = "";
}

async function showFields(current: Entry, session: SessionResponse): Promise<void> {
  const { libraryUrl, integrity, captureContext } = session;
  if (libraryUrl === undefined || integrity === undefined || captureContext === undefined) { problem(current, "cybersource_unavailable", wordsFor(current.open.locale).notNow, { isRetryable: true }); return; }
  try {
    pageWatch.allow(libraryUrl, integrity);
    const microform = await openMicroform({ libraryUrl, integrity, captureContext, styles: stylesOf(current.open.theme) });
    if (!isOpen(current)) return;
    current.microform = microform;
    const number = microform.createField("number", { title: wordsFor(current.open.locale).number, placeholder: "" });
    const code = microform.createField("securityCode", { title: wordsFor(current.open.locale).code, placeholder: "" });
    current.fields = [number, code];
    watch(current, "number", number);
    watch(current, "securityCode", code);
    element("fields").hidden = false;
    number.load("#number");
    code.load("#securityCode");
  } catch {
    if (isOpen(current)) problem(current, "library_blocked", wordsFor(current.open.locale).blocked, { isRetryable: true });
  }
}

function watch(current: Entry, field: "number" | "securityCode", of: FlexField): void {
  const state = { isValid: false, isEmpty: true, isFocused: false };
  const say = (data: FieldData): void => {
    if (data.card !== undefined) current.brand = data.card[0]?.brandedName;
    const brand = field === "number" ? current.brand : undefined;
    element(field === "number" ? "number-error" : "code-error").textContent = "";
    current.parent.say({ v: 1, kind: "field", nonce: current.open.nonce, field, ...state, ...(brand === undefined ? {} : { brand }) });
  };
  of.on("change", (data) => { state.isValid = data.valid === true; state.isEmpty = data.empty === true; say(data); });
  of.on("focus", () => { state.isFocused = true; say({}); });
  of.on("blur", () => { state.isFocused = false; say({}); });
  of.on("error", () => { problem(current, "chain_not_allowed", wordsFor(current.open.locale).otherPage); });
}

function tokenize(current: Entry, expirationMonth: string, expirationYear: string): void {
  if (current.microform === undefined || current.session === undefined || current.isBusy) return;
  current.isBusy = true;
  const { sessionId } = current.session;
  current.microform.createToken({ expirationMonth, expirationYear }, (error, token) => {
    void (async () => {
      if (!isOpen(current)) return;
      if (error !== null && CONTEXT_OVER.has(error.reason)) { problem(current, "session_expired", wordsFor(current.open.locale).expired, { isRetryable: true }); return; }
      if (error !== null || token === undefined) { showFieldErrors(current, (error?.details ?? []).map((detail) => detail.location ?? ""), error?.reason ?? "UNKNOWN_REASON"); return; }
      const stored = await storeToken(sessionId, current.open.nonce, token);
      if (!stored.ok) { problem(current, stored.problem.code, problemWords(current.open.locale, stored.problem.code, stored.problem.detail ?? stored.problem.title), { isRetryable: RETRYABLE.has(stored.problem.code) }); return; }
      current.parent.say({ v: 1, kind: "tokenStored", nonce: current.open.nonce, lastFour: lastFourOf(token), ...(current.brand === undefined ? {} : { brand: current.brand }) });
    })().finally(() => { current.isBusy = false; });
  });
}

/** The masked number inside the token ends with the four digits that may be shown. */
function lastFourOf(token: string): string {
  const payload = JSON.parse(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"))) as { content?: { paymentInformation?: { card?: { number?: { maskedValue?: string } } } } };
  return (payload.content?.paymentInformation?.card?.number?.maskedValue ?? "0000").slice(-4);
}

/** What Flex says when its context is over (Flex Microform guide, reasons of createToken). */
const CONTEXT_OVER = new Set(["CREATE_TOKEN_CAPTURE_CONTEXT_NOT_FOUND", "CREATE_TOKEN_CAPTURE_CONTEXT_USED_TOO_MANY_TIMES"]);

function showFieldErrors(current: Entry, locations: readonly string[], reason: string): void {
  const field = locations.includes("number") ? "number" : locations.includes("securityCode") ? "securityCode" : locations.some((one) => one.startsWith("expiration")) ? "expiry" : undefined;
  const words = wordsFor(current.open.locale);
  if (locations.includes("number")) element("number-error").textContent = words.checkNumber;
  if (locations.includes("securityCode")) element("code-error").textContent = words.checkCode;
  problem(current, field === undefined ? reason.toLowerCase() : "card_invalid", field === undefined ? words.cardUnread : field === "expiry" ? words.checkExpiry : field === "number" ? words.checkNumber : words.checkCode, { isRetryable: true, ...(field === undefined ? {} : { field }) });
}

listenToParent((message, parent) => {
  if (message.kind === "open") { void start(message, parent); return; }
  if (entry === undefined) return;
  switch (message.kind) {
    case "tokenize": tokenize(entry, message.expirationMonth, message.expirationYear); return;
    case "submitted": void poke(entry.open.organizationId, entry.open.paymentRequestId); return;
    case "theme": paint(message.theme); return;
    case "close": unmount(entry); element("fields").hidden = true; entry = undefined; return;
    case "hello": return;
  }
}, version);
