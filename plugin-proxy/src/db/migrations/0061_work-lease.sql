-- Numbers leases across all work: a row that was done and scheduled anew counted its leases from zero again, so a worker that had slept since before
-- could hold the same number as whoever has it now, and end work that was not its own.
create sequence work_lease as integer cycle;
