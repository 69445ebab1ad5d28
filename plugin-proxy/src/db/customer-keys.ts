// Customers' keys, wrapped. Their rows are left out of the ledger's backups (docs/runbooks/restore.md).
import type { CustomerKeys } from "../ports/customer-keys.ts";
import type { Sql } from "./database.ts";

export function customerKeysOver(sql: Sql): CustomerKeys {
  return {
    async loadKey({ organizationId, customerId }) {
      const { rows: [row] } = await sql.query("customer-key-load", "select wrapped from customer_key where organization_id = $1 and customer_id = $2 and wrapped is not null", [organizationId, customerId]);
      return row?.["wrapped"] as Uint8Array | undefined;
    },
    async putKey({ organizationId, customerId }, wrapped) {
      const { rows: [row] } = await sql.query("customer-key-put",
        "insert into customer_key as standing (organization_id, customer_id, wrapped) values ($1,$2,$3) on conflict (organization_id, customer_id) do update set wrapped = coalesce(standing.wrapped, $3) returning wrapped", [organizationId, customerId, wrapped]);
      return row?.["wrapped"] as Uint8Array;
    },
    async replaceKey(owner, { old, fresh }) {
      await sql.query("customer-key-replace", "update customer_key set wrapped = $4 where organization_id = $1 and customer_id = $2 and wrapped = $3", [owner.organizationId, owner.customerId, old, fresh]);
      return this.loadKey(owner);
    },
    async throwKeyAway({ organizationId, customerId }, at) {
      const { rows: [row] } = await sql.query("customer-key-had", "select 1 as one from customer_key where organization_id = $1 and customer_id = $2 and wrapped is not null", [organizationId, customerId]);
      await sql.write("customer-key-throw-away",
        "insert into customer_key (organization_id, customer_id, thrown_away_at) values ($1,$2,$3) on conflict (organization_id, customer_id) do update set wrapped = null, thrown_away_at = $3", [organizationId, customerId, Math.floor(at)]);
      return row !== undefined;
    },
    async erasedAt({ organizationId, customerId }) {
      const { rows: [row] } = await sql.query("customer-key-erased", "select thrown_away_at from customer_key where organization_id = $1 and customer_id = $2 and thrown_away_at is not null", [organizationId, customerId]);
      return row === undefined ? undefined : Number(row["thrown_away_at"]);
    },
  };
}
