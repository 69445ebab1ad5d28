// Dialogs: modal, labelled, focus kept inside and given back, Escape closes. The promise resolves when the dialog is gone.
import { button, el } from "./dom.ts";

export interface DialogOptions { readonly title: string; readonly width?: string; readonly height?: string; readonly onClose?: () => void;
  /** Asked when the person closes; a script's close asks nobody. */
  readonly mayClose?: () => Promise<boolean> }

const FOCUSABLE = "button, [href], input, select, textarea, iframe, summary, [tabindex]:not([tabindex='-1'])";

export function openDialog(options: DialogOptions, content: HTMLElement): { readonly closed: Promise<void>; readonly close: () => void } {
  const before = document.activeElement as HTMLElement | null;
  let resolve: () => void = () => undefined;
  const closed = new Promise<void>((done) => { resolve = done; });
  const backdrop = el("div", { class: "backdrop" });
  const close = (): void => {
    if (!backdrop.isConnected) return;
    options.onClose?.();
    backdrop.remove();
    before?.focus();
    resolve();
  };
  const leave = (): void => { void (options.mayClose?.() ?? Promise.resolve(true)).then((may) => { if (may) close(); }); };
  const dialog = el("div", { class: "dialog", role: "dialog", "aria-modal": "true", "aria-label": options.title, tabindex: "-1" },
    el("div", { class: "dialog-head" }, el("h2", {}, options.title), button("✕", leave, { "aria-label": "Close", class: "close" })), content);
  if (options.width !== undefined) dialog.style.width = options.width;
  if (options.height !== undefined) dialog.style.height = options.height;
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); leave(); }
    if (event.key === "Tab") keepInside(dialog, event);
  });
  backdrop.append(dialog);
  document.body.append(backdrop);
  dialog.focus();
  return { closed, close };
}

function keepInside(dialog: HTMLElement, event: KeyboardEvent): void {
  const items = [...dialog.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((one) => one.offsetParent !== null);
  const [first, last] = [items[0], items.at(-1)];
  if (event.shiftKey && (document.activeElement === first || document.activeElement === dialog)) { event.preventDefault(); last?.focus(); }
  if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); first?.focus(); }
}

export async function ask(title: string, text: string, answers: readonly { readonly label: string; readonly value: boolean }[]): Promise<boolean> {
  let answer = false;
  const buttons = el("div", { class: "dialog-actions" });
  const dialog = openDialog({ title, width: "440px" }, el("div", { class: "message" }, el("p", {}, text), buttons));
  for (const { label, value } of answers) buttons.append(button(label, () => { answer = value; dialog.close(); }, { class: value ? "primary" : "" }));
  (buttons.firstElementChild as HTMLElement | null)?.focus();
  await dialog.closed;
  return answer;
}
