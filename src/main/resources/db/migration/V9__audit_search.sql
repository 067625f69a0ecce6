-- Records are looked for by time, by who did it and by what was done, newest first.
create index audit_record_time on audit_record (tenant_id, recorded_at, number);
create index audit_record_actor on audit_record (tenant_id, actor, recorded_at, number);
create index audit_record_action on audit_record (tenant_id, action, recorded_at, number);

-- What the policies decided lately.
create index policy_decision_time on policy_decision (tenant_id, asked_at);

-- The grants of a tenant, newest first.
create index access_grant_started on access_grant (tenant_id, starts_at, id);
