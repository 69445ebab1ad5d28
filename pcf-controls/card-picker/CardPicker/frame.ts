// The card-entry page in its frame: messages both ways, each checked for origin, source window and nonce before it is believed.
import { PageMessage, type ControlMessage, type ThemeTokens } from "@cybs/contract";

export interface FrameEvents { readonly onReady: () => void; readonly onMessage: (message: PageMessage) => void; readonly onBlocked: () => void }
export interface OpenInput { readonly nonce: string; readonly organizationId: string; readonly paymentRequestId: string; readonly locale: string; readonly theme: ThemeTokens; readonly card: boolean }
export interface Frame {
  attach(window: Window): void;
  loaded(): void;
  hasSpoken(): boolean;
  open(input: OpenInput): void;
  tokenize(expirationMonth: string, expirationYear: string): void;
  submitted(): void;
  theme(theme: ThemeTokens): void;
  close(): void;
}

export function createFrame(relayOrigin: string, events: FrameEvents): Frame {
  let target: Window | undefined;
  let nonce: string | undefined;
  // A page says "ready" once for every load: by itself where the browser names its ancestors, else when it is greeted.
  let hasSpokenFirst = false;
  let isGreeted = false;
  let hasEverSpoken = false;
  const post = (message: ControlMessage): void => { target?.postMessage(message, relayOrigin); };
  const withNonce = (make: (nonce: string) => ControlMessage): void => { if (nonce !== undefined) post(make(nonce)); };
  const listen = (event: MessageEvent<unknown>): void => {
    if (event.origin !== relayOrigin || target === undefined || event.source !== target) return;
    const parsed = PageMessage.safeParse(event.data);
    if (!parsed.success) return;
    if (parsed.data.kind === "ready") {
      hasEverSpoken = true;
      if (isGreeted) isGreeted = false; else hasSpokenFirst = true;
      events.onReady();
      return;
    }
    if (parsed.data.nonce !== undefined && parsed.data.nonce === nonce) events.onMessage(parsed.data);
  };
  const violated = (event: SecurityPolicyViolationEvent): void => {
    if (/^(frame|child|default)-src/.test(event.effectiveDirective) && event.blockedURI.startsWith(relayOrigin)) events.onBlocked();
  };
  window.addEventListener("message", listen);
  document.addEventListener("securitypolicyviolation", violated);
  return {
    attach: (frameWindow) => { target = frameWindow; },
    loaded: () => {
      if (!hasSpokenFirst) { isGreeted = true; post({ v: 1, kind: "hello" }); }
      hasSpokenFirst = false;
    },
    hasSpoken: () => hasEverSpoken,
    open: (input) => { nonce = input.nonce; post({ v: 1, kind: "open", ...input }); },
    tokenize: (expirationMonth, expirationYear) => { withNonce((own) => ({ v: 1, kind: "tokenize", nonce: own, expirationMonth, expirationYear })); },
    submitted: () => { withNonce((own) => ({ v: 1, kind: "submitted", nonce: own })); },
    theme: (theme) => { withNonce((own) => ({ v: 1, kind: "theme", nonce: own, theme })); },
    close: () => {
      withNonce((own) => ({ v: 1, kind: "close", nonce: own }));
      window.removeEventListener("message", listen);
      document.removeEventListener("securitypolicyviolation", violated);
    },
  };
}

/** 256 random bits as base64url, and their SHA-256 as lower-case hex: the row carries the hash, the page gets the nonce. */
export async function makeNonce(): Promise<{ readonly nonce: string; readonly hash: string }> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const nonce = btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(nonce));
  return { nonce, hash: Array.from(new Uint8Array(digest)).map((byte) => byte.toString(16).padStart(2, "0")).join("") };
}

/** Is the form itself shown inside a page of somebody else (Teams, Outlook, a portal)? */
export function isInForeignPage(): boolean {
  if (window.parent === window) return false;
  const { ancestorOrigins } = location as { ancestorOrigins?: ArrayLike<string> };
  if (ancestorOrigins !== undefined) return Array.from(ancestorOrigins).some((origin) => origin !== location.origin);
  // Where the browser does not name them, a foreign page is one that cannot be looked into.
  try { return parentsOf(window).some((one) => one.location.origin !== location.origin); } catch { return true; }
}

const FRAMES_MAX = 10;
function parentsOf(of: Window): readonly Window[] {
  const found: Window[] = [];
  for (let one = of; one.parent !== one && found.length < FRAMES_MAX; one = one.parent) found.push(one.parent);
  return found;
}
