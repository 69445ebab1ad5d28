-- Later rows that change a payment: each has a claim of its own and belongs to one payment for ever.
create table command (
  organization_id text not null,
  command_id text not null,
  payment_request_id text not null,
  primary key (organization_id, command_id),
  foreign key (organization_id, payment_request_id) references intent
);
create index intent_by_payment on intent (organization_id, payment_id);

-- Rows that wait to be decided do not stand in each other's way; what is planned, sent or unknown does (recovery rules, law 2).
drop index one_open_effect;
create unique index one_open_effect on effect (organization_id, payment_request_id)
  where undoes is null and state in ('planned', 'sent', 'unknown');

-- What a capture gives back can never exceed what it captured (a fact found later may raise that, a wish may not).
create table capture (
  effect_id text primary key,
  organization_id text not null,
  payment_request_id text not null,
  captured_minor bigint not null,
  given_back_minor bigint not null default 0,
  constraint capture_not_overdrawn check (given_back_minor <= captured_minor)
);
