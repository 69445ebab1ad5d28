-- What replicas share about traffic. Additive: a version that knows nothing of it runs beside one that does.
-- An idempotency key is kept as long as the ledger: what was answered (sealed), or until when its first request may still be running.
create table idempotency (
  scope text not null,
  key text not null,
  fingerprint text not null,
  held_until bigint not null,
  created_at bigint not null,
  status integer,
  answer bytea,
  primary key (scope, key)
);

-- Token buckets: calls to a merchant account, requests of an application user.
create table budget (
  key text primary key,
  tokens double precision not null,
  granted double precision not null,
  refilled_at bigint not null
);

-- Circuit breakers, one per merchant account. Open from opened_at until a read was answered; probe_at says when the next read may be tried.
create table circuit (
  organization_id text not null,
  merchant_id text not null,
  failures integer not null,
  opened_at bigint,
  probe_at bigint not null default 0,
  primary key (organization_id, merchant_id)
);

-- The trace that a piece of work belongs to (W3C traceparent).
alter table work add column trace text;
-- Work is taken by organization, so that one that floods does not stand before the others.
create index work_by_organization on work (organization_id, due_at);
