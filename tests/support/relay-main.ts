// The relay with a business clock that tests can move. The wire clock stays real: signatures and the fence are facts of real time.
// The product has no such switch; this composition lives with the tests.
import http from "node:http";
import { loadConfig } from "../../plugin-proxy/src/config.ts";
import { startRelay } from "../../plugin-proxy/src/main.ts";

let offsetMs = 0;

/** A relay that starts after the clock was moved asks for it. */
async function readOffset(): Promise<void> {
  const url = process.env["SANDBOX_CLOCK_URL"];
  if (url === undefined) return;
  const { offsetMs: moved } = await (await fetch(url)).json() as { offsetMs: number };
  offsetMs = moved;
}

async function main(): Promise<void> {
  await readOffset();
  const relay = await startRelay(loadConfig(process.env), { reload: () => loadConfig(process.env), clocks: { wire: () => Date.now(), business: () => Date.now() + offsetMs } });
  const control = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => { body += chunk.toString("utf8"); });
    request.on("end", () => {
      offsetMs = (JSON.parse(body) as { offsetMs: number }).offsetMs;
      relay.wake();
      response.end("{}");
    });
  });
  control.listen(Number(process.env["RELAY_CONTROL_PORT"]), "127.0.0.1");
  const stop = (): void => { control.close(); void relay.stop().then(() => process.exit(0)); };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  process.exit(1);
});
