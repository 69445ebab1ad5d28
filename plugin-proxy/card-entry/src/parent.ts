// The window around this page. It must be the one the browser says is around us, or the first that speaks properly; after that, no other.
// Every message is checked for origin, source and nonce before its kind is looked at.
import { ControlMessage, type PageMessage } from "@cybs/contract";

export interface Parent {
  say(message: PageMessage): void;
  readonly ancestorOrigins: readonly string[];
}

/** Chromium and Safari name the frames around us; elsewhere one ancestor is assumed, the one that speaks. */
const ancestors = (): readonly string[] | undefined => ("ancestorOrigins" in location ? Array.from(location.ancestorOrigins) : undefined);

export function listenToParent(receive: (message: ControlMessage, parent: Parent) => void, version: string): void {
  const known = ancestors();
  let origin = known?.[0];
  let nonce: string | undefined;
  const parentOf = (of: string): Parent => ({ ancestorOrigins: known ?? [of], say: (message) => { window.parent.postMessage(message, of); } });
  window.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.source !== window.parent || (origin !== undefined && event.origin !== origin)) return;
    const parsed = ControlMessage.safeParse(event.data);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.kind === "hello") { origin ??= event.origin; parentOf(origin).say({ v: 1, kind: "ready", pageVersion: version }); return; }
    if (message.kind === "open") { origin ??= event.origin; nonce = message.nonce; } else if (message.nonce !== nonce) return;
    receive(message, parentOf(origin ?? event.origin));
  });
  if (origin !== undefined) parentOf(origin).say({ v: 1, kind: "ready", pageVersion: version });
}
