// Which ports belong to whom: a worker's sandbox, and beside it the one that a file starts for itself.
const PORTS_OF_A_WORKER = 50;
const PORTS_OF_A_SANDBOX = 30;

export const workerIndex = (): number => Number(process.env["TEST_PARALLEL_INDEX"] ?? 0);
export const portBaseOf = (worker: number): number => Number(process.env["E2E_PORT_BASE"] ?? "9170") + worker * PORTS_OF_A_WORKER;
export const ownPortBase = (): number => portBaseOf(workerIndex()) + PORTS_OF_A_SANDBOX;
