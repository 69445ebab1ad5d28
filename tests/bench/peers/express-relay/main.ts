// What a competent developer would write by hand for the same job: Express, the official SDK, pg. It makes the durable writes and the calls
// that the relay makes for a payment that goes well; recovery, sweeps and the rest of the relay it does not have.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import express from "express";
import { announceSubject } from "../../subject.ts";
import { pool, takeJob } from "./ledger.ts";
import { log, settings } from "./settings.ts";
import { takePayment } from "./take-payment.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isUuid = (value: unknown): value is string => typeof value === "string" && UUID.test(value);

await pool.query(readFileSync(join(import.meta.dirname, "schema.sql"), "utf8"));
const app = express();
app.disable("x-powered-by");
app.use(express.json({ limit: "32kb" }));
app.post("/pokes", async (request, response) => {
  const { organizationId, paymentRequestId } = request.body as Record<string, unknown>;
  if (!isUuid(organizationId) || !isUuid(paymentRequestId)) { response.status(400).json({ code: "invalid_request" }); return; }
  const key = { organizationId, paymentRequestId };
  const isMine = await takeJob(key);
  response.status(202).json({});
  if (!isMine) return;
  takePayment(key).catch((error: unknown) => { log("failed", { paymentRequestId, reason: error instanceof Error ? error.message : String(error) }); });
});
const server = app.listen(settings.port, () => { announceSubject(async () => { server.close(); await pool.end(); }); });
