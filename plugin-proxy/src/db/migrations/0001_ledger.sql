-- The ledger. Times are milliseconds since 1970 (UTC) and come in as arguments: no now() anywhere. Amounts are minor units.
create table ledger_identity (
  only_row boolean primary key default true check (only_row),
  ledger_id text not null
);

create table organization (
  organization_id text primary key,
  connected_at bigint not null
);

-- What is taken of a document can never exceed its limit (its total; a fact found later may raise it, a wish may not).
create table document (
  organization_id text not null,
  kind text not null,
  document_id text not null,
  currency text not null,
  limit_minor bigint not null,
  taken_minor bigint not null default 0,
  primary key (organization_id, kind, document_id),
  constraint document_not_overdrawn check (taken_minor <= limit_minor)
);

create table intent (
  organization_id text not null,
  payment_request_id text not null,
  payment_id text not null,
  document_kind text,
  document_id text,
  exposure_minor bigint not null default 0,
  authorized_minor bigint not null default 0,
  captured_minor bigint not null default 0,
  refunded_minor bigint not null default 0,
  is_open boolean not null default false,
  is_unknown boolean not null default false,
  needs_attention boolean not null default false,
  author_name text not null default '',
  claimed_at bigint not null,
  revision integer not null,
  projected_revision integer not null default 0,
  body text not null,
  primary key (organization_id, payment_request_id)
);
create index intent_by_document on intent (organization_id, document_kind, document_id);

create table effect (
  effect_id text primary key,
  organization_id text not null,
  payment_request_id text not null,
  position integer not null,
  kind text not null,
  state text not null,
  undoes text,
  target text not null default '',
  body text not null,
  foreign key (organization_id, payment_request_id) references intent
);
create index effect_by_intent on effect (organization_id, payment_request_id, position);
-- A payment is serialized by its open effect; its undos have an index of their own.
create unique index one_open_effect on effect (organization_id, payment_request_id)
  where undoes is null and state in ('claiming', 'planned', 'sent', 'unknown');
create unique index one_open_undo on effect (undoes, target)
  where undoes is not null and state in ('planned', 'sent', 'unknown');

-- An attempt goes on the wire at most once; its ids are used once, for ever.
create table attempt (
  effect_id text not null references effect,
  attempt integer not null,
  merchant_reference text not null unique,
  transaction_id text not null unique,
  primary key (effect_id, attempt)
);

create table event (
  organization_id text not null,
  payment_request_id text not null,
  sequence bigint generated always as identity primary key,
  kind text not null,
  effect_id text not null,
  evidence text not null,
  happened_at bigint not null,
  body text not null
);
create index event_by_intent on event (organization_id, payment_request_id, sequence);

create table session (
  session_id text primary key,
  organization_id text not null,
  payment_request_id text not null,
  nonce_hash text not null,
  minted_at bigint not null,
  body text not null,
  unique (organization_id, nonce_hash)
);
create index session_by_request on session (organization_id, payment_request_id, minted_at desc);

create table transient_token (
  organization_id text not null,
  jti text not null,
  payment_request_id text not null,
  session_id text not null,
  body_hash text not null,
  sealed bytea,
  expires_at bigint not null,
  last_four text not null,
  type_code text,
  expiration_month integer,
  expiration_year integer,
  primary key (organization_id, jti)
);
create index transient_token_by_request on transient_token (organization_id, payment_request_id);

create table detail (
  organization_id text not null,
  payment_request_id text not null,
  sealed bytea not null,
  primary key (organization_id, payment_request_id)
);

create table velocity (
  organization_id text not null,
  scope text not null,
  key text not null,
  happened_at bigint not null
);
create index velocity_by_key on velocity (organization_id, scope, key, happened_at);

create table blocked_instrument (
  organization_id text not null,
  merchant_id text not null,
  payment_instrument_id text not null,
  reason text not null,
  blocked_at bigint not null,
  primary key (organization_id, merchant_id, payment_instrument_id)
);

create table account_pause (
  organization_id text not null,
  merchant_id text not null,
  paused_until bigint not null,
  reason text not null,
  primary key (organization_id, merchant_id)
);

create table inbox (
  organization_id text not null,
  source text not null,
  key text not null,
  received_at bigint not null,
  primary key (organization_id, source, key)
);

create table work (
  kind text not null,
  organization_id text not null,
  key text not null,
  due_at bigint not null,
  leased_until bigint,
  tries integer not null default 0,
  version integer not null default 1,
  primary key (kind, organization_id, key)
);
create index work_by_due on work (due_at);

create table incident (
  sequence bigint generated always as identity primary key,
  organization_id text not null,
  payment_request_id text not null,
  kind text not null,
  detail text not null,
  happened_at bigint not null,
  resolved_at bigint
);
create unique index incident_once on incident (organization_id, payment_request_id, kind) where resolved_at is null;
