// Both stand-ins in a process of their own, for the bench: says over IPC where they are and which row can be read.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCybersource } from "../sandbox/cybersource/start.ts";
import { startDataverse } from "../sandbox/dataverse/start.ts";
import { issueCertificates } from "../sandbox/kit/certificates.ts";
import { createClock } from "../sandbox/kit/clock.ts";
import { createWebApi } from "../sandbox/web-api.ts";

const folder = mkdtempSync(join(tmpdir(), "cybs-bench-"));
const tls = await issueCertificates(folder);
const clock = createClock();
const dataverse = await startDataverse({ port: 0, httpPort: 0, tls, clock, seed: 1 });
const cybersource = await startCybersource({ port: 0, browserPort: 0, tls, clock, seed: 1 });
const token = dataverse.tokens["sysadmin"] ?? "";
const id = await createWebApi(dataverse.httpUrl ?? "", token).create("accounts", { name: "Read again and again" });
process.send?.({ kind: "ready", dataverse: dataverse.url, cybersource: cybersource.url, caFile: tls.caFile, token, path: `/api/data/v9.2/accounts(${id})?$select=name`, merchant: cybersource.merchant });
const stop = (): void => { rmSync(folder, { recursive: true, force: true }); process.exit(0); };
process.once("SIGTERM", stop);
process.once("disconnect", stop);
