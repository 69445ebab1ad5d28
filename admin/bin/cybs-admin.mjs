#!/usr/bin/env node
// The admin command as a program: brings the Node it needs and starts main.ts with it, as `npm run admin --` does.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const setup = fileURLToPath(new URL("../../setup.mjs", import.meta.url));
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const child = spawn(process.execPath, [setup, main, ...process.argv.slice(2)], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => { child.kill(signal); });
child.once("exit", (code, signal) => { process.exit(code ?? (signal === null ? 1 : 128 + 15)); });
