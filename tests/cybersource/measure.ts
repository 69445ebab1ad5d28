// How many authorizations a second the stand-in answers, signed and over TLS, client and stand-in in one process. Run by hand:
// node --conditions=source tests/cybersource/measure.ts [seconds] [connections]. So it is the floor.
import { availableParallelism } from "node:os";
import { payment, startMerchant } from "./merchant.ts";

const [seconds, connections] = [Number(process.argv[2] ?? 10), Number(process.argv[3] ?? 32)];

async function pump(pay: () => Promise<number>, untilMs: number, answers: Map<number, number>): Promise<void> {
  while (Date.now() < untilMs) {
    const status = await pay();
    answers.set(status, (answers.get(status) ?? 0) + 1);
  }
}

const merchant = await startMerchant();
const pay = async (): Promise<number> => (await merchant.call("POST", "/pts/v2/payments", payment("5.00"))).status;
const answers = new Map<number, number>();
const started = Date.now();
await Promise.all(Array.from({ length: connections }, () => pump(pay, started + seconds * 1000, answers)));
const tookSeconds = (Date.now() - started) / 1000;
process.stdout.write(`${JSON.stringify({ cores: availableParallelism(), connections, authorizationsPerSecond: Math.round((answers.get(201) ?? 0) / tookSeconds), answers: Object.fromEntries(answers) })}\n`);
await merchant.close();
