// 10,000 payments whose answers were lost: how long the relay takes until each is found at Cybersource and shown in Dataverse. Their looks are all
// due at once, which is the worst that an outage can leave behind.
import { randomUUID } from "node:crypto";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import { asEffectId, asMerchantReference, asOrganizationId, asPaymentRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import { command, effect, intent, usd } from "../support/intents.ts";
import { freshDatabase } from "../support/postgres.ts";
import { startChild, type Child } from "./child.ts";
import { environmentOf } from "./environment.ts";
import type { Figure } from "./figure.ts";
import { freePort } from "./free-port.ts";
import { round } from "./median.ts";
import type { SubjectMessage } from "./subject.ts";
import { merchantId, organizationId } from "./upstream/canned-rows.ts";
import type { UpstreamProcess } from "./upstream.ts";

const COUNT = 10_000;
const AT_ONCE = 100;
const MS_MAX = 10 * 60_000;
const organization = asOrganizationId(organizationId);

/** Sent two minutes ago, and no answer. */
function lost(now: number) {
  const paymentRequestId = asPaymentRequestId(randomUUID());
  const sentAt = now - 120_000;
  const attempts = [{ attempt: 1, merchantReference: asMerchantReference(randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase()), transactionId: asTransactionId(randomUUID()), sentAt, signatureExpiresAt: sentAt + 60_000 }];
  const main = effect("unknown", { effectId: asEffectId(randomUUID()), kind: "sale", amount: usd(10_221n), attempts, changedAt: sentAt, nextLookAt: now });
  const base = command();
  const frozen = command({
    organizationId: organization, paymentRequestId, action: "sale", amount: usd(10_221n), documentTotal: usd(10_221n), document: { kind: "salesorder", id: randomUUID() }, validUntil: now + 3_600_000,
    merchantAccount: { ...base.merchantAccount, merchantId },
  });
  return intent(main, { organizationId: organization, paymentRequestId, paymentId: randomUUID(), command: frozen, claimedAt: sentAt });
}

async function seed(databaseUrl: string): Promise<void> {
  const ledger = await openLedger({ databaseUrl });
  const now = Date.now();
  await ledger.alone((tx) => tx.connectedAt(organization, now - 3_600_000));
  for (let done = 0; done < COUNT; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => ledger.transaction(async (tx) => {
      const one = lost(now);
      await tx.insertIntent(one);
      await tx.schedule({ kind: "advance", organizationId: organization, key: one.paymentRequestId, dueAt: now });
    })));
  }
  await ledger.close();
}

export async function measureUnknowns(upstream: UpstreamProcess): Promise<readonly Figure[]> {
  const database = await freshDatabase();
  const port = await freePort();
  try {
    await seed(database.url);
    const child: Child<SubjectMessage> = startChild("relay.ts", { env: environmentOf({ folder: upstream.folder, port, upstreamPort: upstream.port, databaseUrl: database.url, caFile: upstream.caFile }) });
    const shown = new Set<string>();
    const all = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => { reject(new Error(`only ${shown.size} of ${COUNT} unknowns were resolved`)); }, MS_MAX);
      upstream.child.on((message) => {
        if (message.kind !== "written") return;
        shown.add(message.paymentRequestId);
        if (shown.size === COUNT) { clearTimeout(timer); resolve(); }
      });
    });
    const started = performance.now();
    await all;
    const seconds = (performance.now() - started) / 1000;
    const { ms } = await child.ask((message): message is Extract<SubjectMessage, { kind: "cpu" }> => message.kind === "cpu");
    await child.stop();
    return [
      { name: "10,000 unknowns, all due at once: found and shown", value: round(seconds, 0), unit: "s", holds: true },
      { name: "10,000 unknowns: CPU each", value: round(ms / COUNT), unit: "ms", holds: true },
    ];
  } finally {
    await database.stop();
  }
}
