// For whoever runs the relay: is it alive, may it be sent work, what has it counted.
import type { FastifyInstance } from "fastify";
import type { ServerOptions } from "./options.ts";
import { sendProblem } from "./problem.ts";

export function registerOperations(server: FastifyInstance, options: ServerOptions, isClosing: () => boolean): void {
  server.get("/health", async () => ({ status: "ok" }));
  server.get("/ready", async (_request, reply) => {
    const waitingFor = isClosing() ? ["closing"] : await options.notReady();
    return waitingFor.length === 0 ? { status: "ready" } : sendProblem(reply, "not_ready", { waitingFor });
  });
  server.get("/metrics", async (_request, reply) => reply.type(options.metrics.contentType).send(await options.metrics.metrics()));
}
