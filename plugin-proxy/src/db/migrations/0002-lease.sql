-- Counts how often work was taken: a worker that slept through the end of its lease cannot release what another one holds by now.
alter table work add column lease integer not null default 0;
