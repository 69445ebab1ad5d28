-- What surrounds the changes of a payment: who gave back how much, which invoice it pays, what happened around it.
-- A frozen refund request counts against its author's and its customer's limits until it is known that no money moved.
create table refund_use (
  organization_id text not null,
  refund_request_id text not null,
  author_id text not null,
  customer_id text not null,
  currency text not null,
  minor bigint not null check (minor >= 0),
  happened_at bigint not null,
  hands text not null,
  is_released boolean not null default false,
  primary key (organization_id, refund_request_id)
);
create index refund_use_by_author on refund_use (organization_id, author_id, currency, happened_at);
create index refund_use_by_customer on refund_use (organization_id, customer_id, currency, happened_at);

-- Rows that are only locked: two refunds of one person or to one customer are judged one after the other, two payments of one invoice too.
create table book (
  organization_id text not null,
  key text not null,
  turns bigint not null default 0,
  primary key (organization_id, key)
);

create table allocation (
  organization_id text not null,
  payment_request_id text not null,
  invoice_id text not null,
  amount_minor bigint not null,
  refunded_minor bigint not null default 0,
  applied_at bigint not null,
  primary key (organization_id, payment_request_id, invoice_id),
  constraint allocation_not_overdrawn check (refunded_minor between 0 and amount_minor)
);
create index allocation_by_invoice on allocation (organization_id, invoice_id);

-- Instruments a customer has paid with: the only ones that a standalone credit may go to.
create table paid_with (
  organization_id text not null,
  customer_id text not null,
  payment_instrument_id text not null,
  primary key (organization_id, customer_id, payment_instrument_id)
);

-- Whose a saved card was when the customer agreed: a merge of customers moves the row, and a person confirms.
create table card_holder (
  organization_id text not null,
  payment_method_id text not null,
  customer_id text not null,
  primary key (organization_id, payment_method_id)
);

-- What happened around a payment beside its events: calls, writes, deliveries. Allow-listed members only.
create table trail (
  sequence bigint generated always as identity primary key,
  organization_id text not null,
  payment_request_id text not null,
  happened_at bigint not null,
  source text not null,
  body text not null
);
create index trail_by_payment on trail (organization_id, payment_request_id, sequence);
