-- How much a reconciliation removes without being asked is the tenant's to say.
alter table tenant_setting add column removal_guard_percent integer default 10 not null;
alter table tenant_setting add column removal_guard_count integer default 5 not null;
