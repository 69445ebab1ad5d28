// What the relay says of itself: alive, ready, and with the operations key how it is set up and how it is doing.
import { asRow, rowAt, rowsAt, textAt, type Row } from "../dataverse/row.ts";
import type { Secrets } from "../configuration/secrets.ts";
import { readJson, type HttpAnswer, type Network } from "../network.ts";
import { Stop } from "../stop.ts";

export interface RelayOrganization { readonly organizationId: string; readonly url: string; readonly environmentType: string; readonly isReady: boolean; readonly framers: readonly string[]; readonly merchants: readonly { readonly merchantId: string; readonly environment: string; readonly scheme: string; readonly keyId: string }[] }
export interface RelayStatus {
  readonly version: string; readonly aheadMs: number; readonly ledgerKind: string; readonly ledgerId: string; readonly cybersourceHost: string; readonly publicUrl: string; readonly organizations: readonly RelayOrganization[];
  readonly dueWork: number; readonly oldestDueMs: number; readonly unknownEffects: number; readonly incidents: number; readonly webhookKeys: number; readonly page: { readonly version: string; readonly scriptIntegrity: string; readonly styleIntegrity: string };
}
export interface Erasure { readonly organizationId: string; readonly customerId: string; readonly paymentRequestIds: readonly string[]; readonly withKey: boolean }
export interface RelayClient {
  readonly url: string;
  /** Without a key: is it there, and ready? `waitingFor` is empty when it is. */
  ready(): Promise<{ readonly isThere: boolean; readonly waitingFor: readonly string[]; readonly cause?: string }>;
  /** Undefined when the relay has no such address (an older one, or no key set). */
  status(): Promise<RelayStatus | undefined>;
  /** Sealed details by their requests; `withKey`: and then the customer's key, so that no backup opens what it holds of him. */
  eraseDetails(erasure: Erasure): Promise<{ readonly erased: readonly string[]; readonly kept: readonly string[]; readonly key: string }>;
  /** Any address, for the page that browsers get. */
  get(path: string): Promise<HttpAnswer>;
}

const DEADLINE_MS = 4_000;

export function openRelay(input: { readonly url: string; readonly network: Network; readonly secrets: Secrets; readonly operationsKey: string | undefined; readonly now: () => number }): RelayClient {
  const { url, network } = input;
  const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> => network.send({ method: "GET", url: `${url}${path}`, headers, deadlineMs: DEADLINE_MS });
  const keyed = async (): Promise<Readonly<Record<string, string>>> => ({ authorization: `Bearer ${input.operationsKey === undefined ? "" : await input.secrets.read(input.operationsKey)}` });
  return {
    url, get,
    async ready() {
      const answer = await get("/ready");
      if (answer.kind === "no_answer") return { isThere: false, waitingFor: [], cause: answer.cause };
      const waiting = asRow(readJson(answer.text))["waitingFor"];
      return { isThere: true, waitingFor: answer.status === 200 ? [] : Array.isArray(waiting) ? waiting.map(String) : [`HTTP ${answer.status}`] };
    },
    async status() {
      if (input.operationsKey === undefined) return undefined;
      const answer = await get("/operations/status", await keyed());
      if (answer.kind === "no_answer") throw new Stop("relay_unreachable", { url }, `(${answer.cause})`);
      if (answer.status === 401) throw new Stop("relay_refused");
      return answer.status === 200 ? statusOf(asRow(readJson(answer.text)), input.now()) : undefined;
    },
    async eraseDetails(erasure) {
      const answer = await network.send({ method: "POST", url: `${url}/operations/erasures`, headers: { ...await keyed(), "content-type": "application/json" }, body: JSON.stringify(erasure) });
      if (answer.kind === "no_answer") throw new Stop("relay_unreachable", { url }, `(${answer.cause})`);
      if (answer.status !== 200) throw new Stop("relay_refused");
      const body = asRow(readJson(answer.text));
      const texts = (name: string): readonly string[] => { const value = body[name]; return Array.isArray(value) ? value.map(String) : []; };
      return { erased: texts("erased"), kept: texts("kept"), key: textAt(body, "key") };
    },
  };
}

function statusOf(body: Row, now: number): RelayStatus {
  const work = rowAt(body, "work");
  const sum = (row: Row): number => Object.values(row).reduce<number>((total, value) => total + Number(value), 0);
  const page = rowAt(body, "page");
  return {
    version: textAt(body, "version"), aheadMs: Number(body["now"]) - now, ledgerKind: textAt(rowAt(body, "ledger"), "kind"), ledgerId: textAt(rowAt(body, "ledger"), "ledgerId"), cybersourceHost: textAt(body, "cybersourceHost"), publicUrl: textAt(body, "publicUrl"),
    organizations: rowsAt(body, "organizations").map((one) => ({
      organizationId: textAt(one, "organizationId"), url: textAt(one, "url"), environmentType: textAt(one, "environmentType"), isReady: one["isReady"] === true, framers: Array.isArray(one["framers"]) ? one["framers"].map(String) : [],
      merchants: rowsAt(one, "merchants").map((merchant) => ({ merchantId: textAt(merchant, "merchantId"), environment: textAt(merchant, "environment"), scheme: textAt(merchant, "scheme"), keyId: textAt(merchant, "keyId") })),
    })),
    dueWork: sum(rowAt(work, "due")), oldestDueMs: Number(work["oldestDueMs"] ?? 0), unknownEffects: Number(rowAt(work, "openEffects")["unknown"] ?? 0), incidents: Number(work["incidents"] ?? 0), webhookKeys: Number(body["webhookKeys"] ?? 1),
    page: { version: textAt(page, "version"), scriptIntegrity: textAt(page, "scriptIntegrity"), styleIntegrity: textAt(page, "styleIntegrity") },
  };
}
