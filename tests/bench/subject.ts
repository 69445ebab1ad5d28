// What is measured, relay or peer: a process that takes pokes and says over IPC when it is ready and how much processor time it has used.
export type SubjectMessage = { readonly kind: "ready" } | { readonly kind: "cpu"; readonly ms: number; readonly heapBytes: number };

/** To be called by a subject once it can take pokes. */
export function announceSubject(stop: () => Promise<void>): void {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    // Collected first where the process was started so (soak): garbage is no leak.
    globalThis.gc?.();
    process.send?.({ kind: "cpu", ms: (user + system) / 1000, heapBytes: process.memoryUsage().heapUsed } satisfies SubjectMessage);
  });
  const end = (): void => { void stop().then(() => process.exit(0)); };
  process.once("SIGTERM", end);
  process.once("disconnect", end);
  process.send?.({ kind: "ready" } satisfies SubjectMessage);
}
