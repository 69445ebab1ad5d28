// The sandbox: a Dataverse, a Cybersource and a form host in one process, the relay in its own. Prints one line of JSON (--json) when
// all of them answer, and runs until SIGTERM. It imports nothing of the product: the solution comes in as the zip that customers import.
import { rmSync } from "node:fs";
import { readOptions } from "./options.ts";
import { startSandbox } from "./start.ts";

const say = (text: string): void => { process.stderr.write(`${text}\n`); };

/** Also while it is still starting: what has been started is ended, the relay too. */
function endOnSignal(opening: ReturnType<typeof startSandbox>, afterwards: () => void): void {
  const stop = (): void => {
    void opening.then((sandbox) => sandbox.close(), () => undefined).then(() => { afterwards(); process.exit(0); });
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

let forgetFolder = (): void => undefined;
try {
  const options = readOptions(process.argv.slice(2));
  forgetFolder = () => { if (options.isTemporary) rmSync(options.dataDir, { recursive: true, force: true }); };
  const opening = startSandbox(options, say);
  endOnSignal(opening, forgetFolder);
  const sandbox = await opening;
  if (options.json) process.stdout.write(`${JSON.stringify(sandbox.interface)}\n`);
  else process.stdout.write(`\nOpen ${sandbox.interface.host} in a browser.\n`);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  forgetFolder();
  process.exit(1);
}
