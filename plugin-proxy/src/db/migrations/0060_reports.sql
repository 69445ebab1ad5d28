-- How far the day's reports of each merchant account were read without a gap (business time, UTC days). Additive.
create table report_reading (
  organization_id text not null,
  merchant_id text not null,
  read_from bigint not null,
  read_until bigint not null,
  primary key (organization_id, merchant_id)
);
