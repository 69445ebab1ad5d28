// What waits in the ledger, counted when somebody asks for metrics.
import { Gauge, type Registry } from "prom-client";
import type { Clocks } from "../ports/clocks.ts";
import type { Ledger } from "../ports/ledger.ts";

/** Adds cybs_work_due and cybs_open_effects. */
export function addLedgerGauges(registry: Registry, ledger: Ledger, clocks: Clocks): void {
  const effects = new Gauge({ name: "cybs_open_effects", help: "Effects that are not finished, by state.", labelNames: ["state"], registers: [registry] });
  new Gauge({
    name: "cybs_work_due", help: "Work that is due, by kind.", labelNames: ["kind"], registers: [registry],
    async collect() {
      const gauges = await ledger.gauges(clocks.business());
      this.reset();
      effects.reset();
      for (const [kind, count] of Object.entries(gauges.dueWork)) this.set({ kind }, count);
      for (const [state, count] of Object.entries(gauges.openEffects)) effects.set({ state }, count);
    },
  });
}
