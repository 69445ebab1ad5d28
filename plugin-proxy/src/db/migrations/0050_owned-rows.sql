-- Rows of ours in Dataverse that somebody else changed are found by change tracking: how far each table was read, by organization.
create table change_position (
  organization_id text not null,
  table_name text not null,
  position text not null,
  primary key (organization_id, table_name)
);

-- Which payment a row follows whose key says nothing of it: saved cards, allocations, credit memos.
create table owned_row (
  organization_id text not null,
  row_id text not null,
  payment_request_id text not null,
  primary key (organization_id, row_id)
);
