-- What is past its end and nobody has begun to take back is looked for twice a second, in all tenants.
create index access_grant_unbegun on access_grant (state, ends_at, id);
