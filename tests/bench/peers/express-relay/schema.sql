create table session (session_id text primary key, organization_id text not null, payment_request_id text not null, nonce_hash text not null, minted_at bigint not null, body text not null);
create index on session (organization_id, payment_request_id);
create table organization (organization_id text primary key, connected_at timestamptz not null default now());
create table document (organization_id text not null, document_id text not null, limit_minor bigint not null, taken_minor bigint not null default 0, primary key (organization_id, document_id), check (taken_minor <= limit_minor));
create table payment (
  organization_id text not null, payment_request_id text not null, payment_id text not null, document_id text, taken_minor bigint not null default 0, captured_minor bigint not null default 0,
  is_open boolean not null default false, author_name text, revision int not null default 1, projected_revision int not null default 0, command jsonb, primary key (organization_id, payment_request_id)
);
create index on payment (organization_id, document_id);
create table effect (
  effect_id text primary key, organization_id text not null, payment_request_id text not null, kind text not null, state text not null, sent_at timestamptz, request_id text, facts jsonb,
  foreign key (organization_id, payment_request_id) references payment
);
create unique index on effect (organization_id, payment_request_id) where state in ('claiming', 'planned', 'sent', 'unknown');
create table attempt (effect_id text not null references effect, attempt int not null, merchant_reference text not null unique, transaction_id text not null unique, primary key (effect_id, attempt));
create table event (sequence bigint generated always as identity primary key, organization_id text not null, payment_request_id text not null, kind text not null, effect_id text not null, happened_at timestamptz not null, body jsonb not null);
create index on event (organization_id, payment_request_id);
create table detail (organization_id text not null, payment_request_id text not null, sealed bytea not null, primary key (organization_id, payment_request_id));
create table decline (organization_id text not null, user_id text not null, happened_at timestamptz not null);
create index on decline (organization_id, user_id, happened_at);
create table blocked_instrument (organization_id text not null, merchant_id text not null, payment_instrument_id text not null, primary key (organization_id, merchant_id, payment_instrument_id));
create table account_pause (organization_id text not null, merchant_id text not null, paused_until timestamptz not null, primary key (organization_id, merchant_id));
create table job (kind text not null, organization_id text not null, payment_request_id text not null, due_at timestamptz not null, leased_until timestamptz, primary key (kind, organization_id, payment_request_id));
create index on job (due_at);
