-- How late access was taken back is asked by when it was gone.
create index access_grant_revoked on access_grant (tenant_id, revoked_at);

-- What waits in the outbox is asked by tenant, the oldest of it first.
create index notice_waiting on notice (sent_at, tenant_id, created_at);
