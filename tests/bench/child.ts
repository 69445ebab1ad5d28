// A process of the bench: started by path, spoken to over IPC, ended with the bench (it ends itself when the channel closes).
import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";

const READY_MS_MAX = 60_000;

export interface Child<Message> {
  readonly process: ChildProcess;
  /** The next message that `pick` wants. Rejects when the process ends before. */
  next<T extends Message>(pick: (message: Message) => message is T): Promise<T>;
  on(listener: (message: Message) => void): void;
  ask<T extends Message>(pick: (message: Message) => message is T): Promise<T>;
  stop(): Promise<void>;
}

/** `file` below tests/bench. Its logs go nowhere (as to a collector that is fast), its errors to ours when it dies. */
export function startChild<Message>(file: string, options: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>>; readonly execArgv?: readonly string[] } = {}): Child<Message> {
  const child = fork(join(import.meta.dirname, file), [...options.args ?? []], {
    execArgv: ["--conditions=source", "--no-warnings", ...options.execArgv ?? []], env: { ...process.env, ...options.env }, stdio: ["ignore", "ignore", process.env["BENCH_LOG"] === undefined ? "ignore" : "inherit", "ipc"],
  });
  const next = <T extends Message>(pick: (message: Message) => message is T): Promise<T> => new Promise((resolve, reject) => {
    const end = (): void => { child.off("message", listen); child.off("exit", fail); clearTimeout(timer); };
    const listen = (message: unknown): void => { if (pick(message as Message)) { end(); resolve(message as T); } };
    const fail = (): void => { end(); reject(new Error(`${file} ended or was silent; BENCH_LOG=1 shows its log`)); };
    const timer = setTimeout(fail, READY_MS_MAX);
    child.on("message", listen).once("exit", fail);
  });
  return {
    process: child, next,
    on: (listener) => { child.on("message", (message) => { listener(message as Message); }); },
    ask: (pick) => { const answer = next(pick); child.send("ask"); return answer; },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
    },
  };
}
