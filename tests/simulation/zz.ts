import { runSeed } from "./run-seed.ts";
const r = await runSeed(7798);
for (const i of r.world.ledgerHost.intents.values()) if (i.paymentRequestId.startsWith("7a51")) { console.log(i.revision, i.wentBackAt, i.deal, JSON.stringify(i.commands.map((c) => ({ id: c.commandId.slice(0, 8), action: c.action, foreign: c.isForeign, deal: c.deal, valid: c.validUntil })))); for (const e of i.effects) console.log(e.effectId.slice(0,8), e.step, e.kind, e.state, e.commandId?.slice(0, 8), e.reason, JSON.stringify(e.attempts.map((a) => [a.attempt, a.merchantReference, a.sentAt, a.signatureExpiresAt]))); }
for (const h of r.world.neighbours) for (const row of h.dataverse.organization.store.all("cybs_paymenttransaction")) console.log(String(row["cybs_paymenttransactionid"]).slice(0,8), row["cybs_status"], row["cybs_isfinal"], row["cybs_type"], JSON.stringify(row["cybs_paymentrequestid"]), row["cybs_amount"]);
console.log(r.trace.slice(0,0).join("\n"), r.violations);
console.log(r.trace.filter(l=>/  1 7a51|4fd29161|goes back/.test(l)).join("\n"));
