-- Keys of customers, wrapped by the configuration's key. Backups of the ledger are made without this table's rows (docs/runbooks/restore.md), so
-- that what was sealed under a key that was thrown away stays closed in each of them.
create table customer_key (
  organization_id text not null,
  customer_id text not null,
  wrapped bytea,
  thrown_away_at bigint,
  primary key (organization_id, customer_id)
);
