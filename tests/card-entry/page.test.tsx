// The card-entry page in a window of its own: who may speak to it, what it says when, and that it never mixes two documents up.
// The relay and Cybersource's library are stood in for at their edges: fetch, and the script element that the page adds.
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";

type Message = Readonly<Record<string, unknown>>;
interface Call { readonly method: string; readonly path: string; readonly body: Record<string, unknown> }
type Field = Readonly<{ type: string; listeners: Map<string, (data: unknown) => void>; isLoaded: boolean }>;

const CONTROL = "https://org.crm.dynamics.com";
const ORGANIZATION = "7d3f1c52-0000-4000-8000-000000000001";
const REQUEST = "7d3f1c52-0000-4000-8000-0000000000a1";
const SESSION = "7d3f1c52-0000-4000-8000-0000000000b1";
const theme = { scheme: "light", foreground: "#111111", background: "#ffffff", border: "#888888", accent: "#0f6cbd", danger: "#b10e1c", fontFamily: "Segoe UI", fontSizePx: 14 };
const nonceOf = (letter: string): string => letter.repeat(43);
const TOKEN = `x.${btoa(JSON.stringify({ content: { paymentInformation: { card: { number: { maskedValue: "XXXXXXXXXXXX1111" } } } } }))}.y`;

const said: { readonly message: Message; readonly to: string }[] = [];
const calls: Call[] = [];
const scripts: HTMLScriptElement[] = [];
const fields: Field[] = [];
const parent = { postMessage: (message: Message, to: string) => { said.push({ message, to }); } };
let answer: (call: Call) => { status: number; body?: unknown } | undefined;
let createToken: (callback: (error: unknown, token?: string) => void) => void;

const session = (more: Message = {}): Message => ({
  sessionId: SESSION, captureContext: "context", libraryUrl: "https://flex.cybersource.com/lib.js", integrity: "sha256-abc", action: "sale", amount: "1240.00", currency: "USD", openAmount: "1240.00",
  expiresAt: new Date(Date.now() + 900_000).toISOString(), ...more,
});
const settle = async (): Promise<void> => { for (let turn = 0; turn < 30; turn++) await Promise.resolve(); };
const hear = async (data: unknown, from: { readonly origin?: string; readonly source?: unknown } = {}): Promise<void> => {
  window.dispatchEvent(new MessageEvent("message", { data, origin: from.origin ?? CONTROL, source: (from.source ?? parent) as Window }));
  await settle();
};
const open = (nonce: string, more: Message = {}): Message => ({ v: 1, kind: "open", nonce, organizationId: ORGANIZATION, paymentRequestId: REQUEST, locale: "en-US", theme, card: true, ...more });
const kinds = (): readonly unknown[] => said.map(({ message }) => message["kind"]);

class Flex {
  readonly captureContext: string;
  constructor(captureContext: string) { this.captureContext = captureContext; }
  microform() {
    return {
      createField: (type: string) => {
        const field = { type, listeners: new Map<string, (data: unknown) => void>(), isLoaded: false };
        fields.push(field);
        return { load: () => { field.isLoaded = true; }, unload: () => { field.isLoaded = false; }, on: (name: string, listener: (data: unknown) => void) => { field.listeners.set(name, listener); }, clear: () => undefined, update: () => undefined };
      },
      createToken: (_options: unknown, callback: (error: unknown, token?: string) => void) => { createToken(callback); },
    };
  }
}

beforeAll(async () => {
  const html = readFileSync(join(import.meta.dirname, "../../plugin-proxy/card-entry/src/page.html"), "utf8");
  document.body.innerHTML = /<body>([\s\S]*)<\/body>/.exec(html)?.[1]?.replace(/<script[^>]*><\/script>/, "") ?? "";
  Object.defineProperty(window, "parent", { value: parent, configurable: true });
  Object.defineProperty(globalThis, "fetch", { configurable: true, value: async (path: string, init: { method: string; body: string; credentials: string; redirect: string }) => {
    expect(init).toMatchObject({ credentials: "omit", redirect: "error" });
    const call = { method: init.method, path, body: JSON.parse(init.body) as Record<string, unknown> };
    calls.push(call);
    const reply = answer(call);
    if (reply === undefined) throw new TypeError("Failed to fetch");
    return { status: reply.status, ok: reply.status < 300, json: async () => reply.body };
  } });
  const append = document.head.append.bind(document.head);
  document.head.append = (...nodes: (Node | string)[]) => {
    append(...nodes);
    const script = nodes[0] as HTMLScriptElement;
    scripts.push(script);
    Object.assign(window, { Flex });
    script.onload?.(new Event("load"));
  };
  await import("../../plugin-proxy/card-entry/src/main.ts");
});
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ["queueMicrotask", "nextTick"] });
  said.length = 0; calls.length = 0; fields.length = 0;
  answer = ({ path }) => (path === "/card-entry/sessions" ? { status: 201, body: session() } : { status: path === "/pokes" ? 202 : 204, body: {} });
  createToken = (callback) => { callback(null, TOKEN); };
});
afterEach(() => { jest.useRealTimers(); });

describe("Who may speak", () => {
  test("it says nothing before it is spoken to, where the browser does not name the frames around", () => { expect(said).toEqual([]); });
  test("another window is not listened to", async () => {
    await hear({ v: 1, kind: "hello" }, { source: window });
    await hear(open(nonceOf("a")), { source: window });
    expect([said, calls]).toEqual([[], []]);
  });
  test("it answers hello with ready, to that origin only", async () => {
    await hear({ v: 1, kind: "hello" });
    expect(said).toMatchObject([{ message: { v: 1, kind: "ready" }, to: CONTROL }]);
  });
  test("after the first origin no other is listened to", async () => {
    await hear({ v: 1, kind: "hello" }, { origin: "https://elsewhere.example" });
    await hear(open(nonceOf("a")), { origin: "https://elsewhere.example" });
    expect([said, calls]).toEqual([[], []]);
  });
  test.each([["a kind nobody knows", { v: 1, kind: "pay", nonce: nonceOf("a") }], ["no object", "open"], ["another version", { ...open(nonceOf("a")), v: 2 }], ["a short nonce", open("abc")], ["an id that is no guid", open(nonceOf("a"), { paymentRequestId: "1" })]])("%s is ignored", async (_name, message) => {
    await hear(message);
    expect([said, calls]).toEqual([[], []]);
  });
});

describe("A card", () => {
  test("opens a session, loads the library with its hash once, and mounts two fields", async () => {
    await hear(open(nonceOf("b")));
    expect(calls).toEqual([{ method: "POST", path: "/card-entry/sessions", body: { organizationId: ORGANIZATION, paymentRequestId: REQUEST, nonce: nonceOf("b"), ancestorOrigins: [CONTROL], card: true } }]);
    expect(said).toMatchObject([{ to: CONTROL, message: { kind: "session", nonce: nonceOf("b"), action: "sale", amount: "1240.00", currency: "USD" } }]);
    expect(scripts.map(({ src, integrity, crossOrigin }) => ({ src, integrity, crossOrigin }))).toEqual([{ src: "https://flex.cybersource.com/lib.js", integrity: "sha256-abc", crossOrigin: "anonymous" }]);
    expect(fields.map(({ type, isLoaded }) => [type, isLoaded])).toEqual([["number", true], ["securityCode", true]]);
    expect(document.documentElement.style.getPropertyValue("--foreground")).toBe("#111111");
  });
  test("its token goes to the relay and nowhere else; the control hears brand and last four", async () => {
    await hear(open(nonceOf("c")));
    fields[0]?.listeners.get("change")?.({ valid: true, empty: false, card: [{ brandedName: "Visa" }] });
    said.length = 0;
    await hear({ v: 1, kind: "tokenize", nonce: nonceOf("c"), expirationMonth: "12", expirationYear: "2031" });
    expect(calls.at(-1)).toEqual({ method: "PUT", path: `/card-entry/sessions/${SESSION}/transient-token`, body: { nonce: nonceOf("c"), transientToken: TOKEN } });
    expect(said.map(({ message }) => message)).toEqual([{ v: 1, kind: "tokenStored", nonce: nonceOf("c"), lastFour: "1111", brand: "Visa" }]);
    expect(JSON.stringify(said)).not.toContain(TOKEN);
  });
  test("with a wrong nonce nothing is tokenized", async () => {
    await hear(open(nonceOf("d")));
    calls.length = 0;
    await hear({ v: 1, kind: "tokenize", nonce: nonceOf("c"), expirationMonth: "12", expirationYear: "2031" });
    expect(calls).toEqual([]);
  });
  test("pressed twice, it is tokenized once", async () => {
    await hear(open(nonceOf("e")));
    let count = 0;
    createToken = () => { count++; };
    const press = { v: 1, kind: "tokenize", nonce: nonceOf("e"), expirationMonth: "12", expirationYear: "2031" };
    await hear(press);
    await hear(press);
    expect(count).toBe(1);
  });
  test("a wrong number is told at the field and to the control", async () => {
    await hear(open(nonceOf("f")));
    said.length = 0;
    createToken = (callback) => { callback({ reason: "CREATE_TOKEN_VALIDATION_FIELDS", message: "", details: [{ location: "number" }] }); };
    await hear({ v: 1, kind: "tokenize", nonce: nonceOf("f"), expirationMonth: "12", expirationYear: "2031" });
    expect(said).toMatchObject([{ message: { kind: "problem", code: "card_invalid", field: "number", isRetryable: true } }]);
    expect(document.getElementById("number-error")?.textContent).toBe("Check the card number.");
  });
  test("what its fields say reaches the control without a digit", async () => {
    await hear(open(nonceOf("g")));
    said.length = 0;
    fields[0]?.listeners.get("change")?.({ valid: true, empty: false, card: [{ brandedName: "Visa" }] });
    fields[1]?.listeners.get("focus")?.({});
    expect(said.map(({ message }) => message)).toEqual([
      { v: 1, kind: "field", nonce: nonceOf("g"), field: "number", isValid: true, isEmpty: false, isFocused: false, brand: "Visa" },
      { v: 1, kind: "field", nonce: nonceOf("g"), field: "securityCode", isValid: false, isEmpty: true, isFocused: true },
    ]);
  });
});

describe("Sessions", () => {
  test("a saved card needs a session and no field", async () => {
    await hear(open(nonceOf("h"), { card: false }));
    expect(kinds()).toEqual(["session"]);
    expect(fields).toEqual([]);
  });
  test("a refusal keeps its code, and says whether to try again", async () => {
    answer = () => ({ status: 503, body: { type: "about:blank", title: "Dataverse does not answer.", status: 503, code: "dataverse_unavailable", retryAfterSeconds: 5 } });
    await hear(open(nonceOf("i")));
    expect(said).toMatchObject([{ message: { kind: "problem", code: "dataverse_unavailable", isRetryable: true, retryAfterSeconds: 5 } }]);
    expect(document.getElementById("waiting")?.hidden).toBe(true);
  });
  test("a relay out of reach is told as such", async () => {
    answer = () => undefined;
    await hear(open(nonceOf("j")));
    expect(said).toMatchObject([{ message: { kind: "problem", code: "relay_unreachable", isRetryable: true } }]);
  });
  test("of two documents opened quickly only the second is shown", async () => {
    window.dispatchEvent(new MessageEvent("message", { data: open(nonceOf("k")), origin: CONTROL, source: parent as unknown as Window }));
    await hear(open(nonceOf("l")));
    expect(said.map(({ message }) => message["nonce"])).toEqual([nonceOf("l")]);
    expect(fields).toHaveLength(2);
  });
  test("before its end the control is asked to open it anew, also when this computer's clock is wrong", async () => {
    answer = () => ({ status: 201, body: session({ expiresAt: new Date(Date.now() - 3_600_000).toISOString() }) });
    await hear(open(nonceOf("m")));
    jest.advanceTimersByTime(10 * 60_000);
    expect(kinds()).toEqual(["session"]);
    jest.advanceTimersByTime(5 * 60_000);
    expect(said.at(-1)).toMatchObject({ message: { kind: "problem", code: "session_expired", isRetryable: true, nonce: nonceOf("m") } });
  });
  test("closed, it is silent", async () => {
    await hear(open(nonceOf("n")));
    await hear({ v: 1, kind: "close", nonce: nonceOf("n") });
    said.length = 0;
    jest.advanceTimersByTime(20 * 60_000);
    expect(said).toEqual([]);
  });
  test("submitted, the relay is poked, again when the first is lost", async () => {
    await hear(open(nonceOf("o")));
    calls.length = 0;
    answer = () => (calls.length === 1 ? undefined : { status: 202, body: {} });
    await hear({ v: 1, kind: "submitted", nonce: nonceOf("o") });
    for (let second = 0; second < 8; second++) { jest.advanceTimersByTime(1_000); await settle(); }
    expect(calls).toEqual(Array.from({ length: 2 }, () => ({ method: "POST", path: "/pokes", body: { organizationId: ORGANIZATION, paymentRequestId: REQUEST } })));
  });
});
