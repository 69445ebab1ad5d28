// Opens the person's browser; when that is not possible the address was printed, and the person opens it.
import { spawn } from "node:child_process";

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = { darwin: ["open"], win32: ["rundll32", "url.dll,FileProtocolHandler"] };

export async function openBrowser(url: string): Promise<void> {
  const [command, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  await new Promise<void>((resolve) => {
    const child = spawn(command, [...args, url], { detached: true, stdio: "ignore" });
    child.once("error", () => { resolve(); });
    child.once("spawn", () => { child.unref(); resolve(); });
  });
}
