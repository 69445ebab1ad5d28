// Runs a client that others wrote in a process of its own, because Node reads NODE_EXTRA_CA_CERTS when it starts. It prints one line of JSON.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestOrganization } from "./organization.ts";

const run = promisify(execFile);
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

export async function runClient(organization: TestOrganization, script: string, user: string, more: readonly string[] = []): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "fixtures", script), organization.dataverse.url, organization.dataverse.tokens[user] ?? "", ...more], { env: { PATH: process.env["PATH"], NODE_EXTRA_CA_CERTS: organization.caFile }, maxBuffer: OUTPUT_BYTES_MAX });
  return JSON.parse(stdout.split("\n").findLast((line) => line.startsWith("{")) ?? "{}") as Record<string, unknown>;
}
