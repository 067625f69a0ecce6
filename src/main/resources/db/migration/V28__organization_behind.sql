-- Since when a tenant's organization does not follow AWS; null while it does.
alter table organization_sync add column behind_since timestamp with time zone;
