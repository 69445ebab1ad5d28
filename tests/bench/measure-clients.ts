// Our Cybersource client against the official SDK and bare undici: CPU milliseconds a payment call, upstream answering canned bytes from a
// process of its own. Each client runs in a process of its own too, in turn, so that none warms another one's cache.
import { startChild } from "./child.ts";
import type { ClientMessage } from "./client-run.ts";
import type { Figure } from "./figure.ts";
import { median, round } from "./median.ts";
import type { UpstreamProcess } from "./upstream.ts";

const ROUNDS = 3;
const CLIENTS = ["ours", "sdk", "undici"] as const;
type Client = (typeof CLIENTS)[number];
const LOADS = [{ key: "busy", words: "8 at once" }, { key: "alone", words: "one at a time" }] as const;

export async function measureClients(upstream: UpstreamProcess): Promise<readonly Figure[]> {
  const results: Record<Client, ClientMessage[]> = { ours: [], sdk: [], undici: [] };
  for (let number = 0; number < ROUNDS; number++) {
    for (const client of CLIENTS) {
      const child = startChild<ClientMessage>("client-run.ts", { args: [client, String(upstream.port), upstream.caFile], env: { NODE_EXTRA_CA_CERTS: upstream.caFile } });
      results[client].push(await child.next((message): message is ClientMessage => "busy" in message));
      await child.stop();
    }
  }
  return LOADS.flatMap(({ key, words }) => {
    const [ours, sdk, bare] = CLIENTS.map((client) => median(results[client].map((result) => result[key]))) as [number, number, number];
    return [
      { name: `Cybersource client: CPU a call, ${words}; official SDK ÷ ours`, value: round(ours, 3), unit: "ms", ratio: round(sdk / ours), goal: "ratio >= 5", holds: sdk / ours >= 5 },
      { name: `official SDK: CPU a call, ${words}`, value: round(sdk, 3), unit: "ms", holds: true },
      { name: `bare undici: CPU a call, ${words}; ours ÷ undici`, value: round(bare, 3), unit: "ms", ratio: round(ours / bare), holds: true },
    ];
  });
}
