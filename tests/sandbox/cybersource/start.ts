// Puts the Cybersource stand-in on ports: the REST API on HTTPS, the browser side on an origin of its own.
import { serve } from "../kit/serve.ts";
import { createKeeper } from "./keep.ts";
import { openCybersource, type Merchant, type OpenCybersourceOptions } from "./open.ts";

export { openCybersource, type Merchant };
export type { OpenCybersource, OpenCybersourceOptions } from "./open.ts";
export interface CybersourceOptions extends OpenCybersourceOptions {
  readonly port: number;
  readonly browserPort: number;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly dataDir?: string;
}
export interface CybersourceSandbox {
  readonly url: string;
  readonly browserUrl: string;
  readonly merchant: Merchant;
  close(): Promise<void>;
}

/** A process that is killed loses at most the last second. */
const SAVE_MS = 1_000;

export async function startCybersource(options: CybersourceOptions): Promise<CybersourceSandbox> {
  const keeper = createKeeper(options.dataDir);
  const open = await openCybersource({ ...options, starts: keeper.starts });
  const { state, faults, merchant } = open;
  keeper.restore(state);
  const saving = options.dataDir === undefined ? undefined : setInterval(() => { keeper.save(state); }, SAVE_MS).unref();
  const browser = await serve({ port: options.browserPort, handler: faults.wrap(open.answerBrowser) });
  open.browserUrl = browser.url;
  const api = await serve({ port: options.port, tls: options.tls, handler: faults.wrap(open.answer) });
  return { url: api.url, browserUrl: browser.url, merchant, close: async () => { clearInterval(saving); await Promise.all([api.close(), browser.close()]); keeper.save(state); } };
}
