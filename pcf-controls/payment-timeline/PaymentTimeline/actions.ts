// What the timeline does: reads again while the control lives, turns the order around, writes it to a file.
import { createStore, createWords, isPrivilegeError, type Host, type Store, type Words } from "@cybs/controls-shared";
import { toCsv, toJson } from "./export";
import { readTimeline } from "./rows";
import { initialState, type TimelineState } from "./state";

const POLL_MS = 15_000;

export class TimelineActions {
  readonly store: Store<TimelineState> = createStore(initialState);
  readonly words: Words;
  readonly #host: () => Host;
  readonly #paymentId: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isGone = false;

  constructor(host: () => Host, paymentId: string | undefined) {
    this.#host = host;
    this.#paymentId = paymentId;
    this.words = createWords(host);
  }

  async start(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#paymentId === undefined) { this.store.set({ phase: "stopped", stopKey: "NotSaved" }); return; }
    try {
      this.store.set({ ...(await readTimeline(this.#host().webAPI, this.#paymentId)), phase: "ready" });
    } catch (error) {
      if (this.store.get().phase !== "ready") this.store.set({ phase: "stopped", stopKey: isPrivilegeError(error) ? "NoRead" : "ReadFailed" });
    }
    if (!this.#isGone) this.#timer = setTimeout(() => { void this.start(); }, POLL_MS);
  }

  turn(): void { this.store.set({ newestFirst: !this.store.get().newestFirst }); }

  showSteps(): void { this.store.set({ hasEveryStep: !this.store.get().hasEveryStep }); }

  /** Through the host, which also works where a browser's own download does not. */
  save(kind: "json" | "csv"): void {
    const state = this.store.get();
    const text = kind === "json" ? toJson(state, new Date().toISOString(), this.words) : toCsv(state, this.words);
    const bytes = new TextEncoder().encode(text);
    const fileContent = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    void this.#host().navigation.openFile({ fileContent, fileName: `${state.paymentName.replace(/[^\w-]+/g, "-")}.${kind}`, fileSize: bytes.length, mimeType: kind === "json" ? "application/json" : "text/csv" }, { openMode: 2 });
  }

  destroy(): void { this.#isGone = true; clearTimeout(this.#timer); }
}
