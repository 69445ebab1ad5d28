// npm start: the sandbox with one URL to open, and words about what is happening while it starts.
import { rmSync } from "node:fs";
import { readOptions } from "./options.ts";
import { startSandbox } from "./start.ts";

const started = Date.now();
const say = (text: string): void => { process.stdout.write(`${text}\n`); };

try {
  const options = readOptions(process.argv.slice(2));
  const sandbox = await startSandbox(options, say);
  const order = sandbox.interface.demo.orders["Espresso machines"] ?? "";
  say(`\nReady after ${((Date.now() - started) / 1000).toFixed(1)} s. Open this and press "Take payment":\n`);
  say(`  ${sandbox.interface.host}/main.aspx?etn=salesorder&id=${order}&pagetype=entityrecord&as=salesrep\n`);
  say("Card for trying: 4111 1111 1111 1111, any date to come, any code. Ctrl+C ends it.");
  const stop = (): void => {
    void sandbox.close().then(() => {
      if (options.isTemporary) rmSync(options.dataDir, { recursive: true, force: true });
      process.exit(0);
    });
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
