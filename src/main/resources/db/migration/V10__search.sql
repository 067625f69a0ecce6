-- What a search of requests looks through, in lower case and in one column.
alter table access_request add column search_text varchar(8000) default '' not null;
update access_request set search_text = lower(concat(id, chr(10), permission, chr(10), account_id, chr(10), requester_id,
    chr(10), identity_arn, chr(10), justification));

-- Lists of one person's and of one account's requests, newest first.
drop index access_request_requester;
drop index access_request_account;
drop index access_request_status;
create index access_request_requester on access_request (tenant_id, requester_id, created_at, id);
create index access_request_account on access_request (tenant_id, account_id, created_at, id);
create index access_request_status on access_request (tenant_id, status, created_at, id);

-- Lists of grants and of notices, newest first.
drop index access_grant_state;
drop index access_grant_person;
create index access_grant_state on access_grant (tenant_id, state, starts_at, id);
create index access_grant_person on access_grant (tenant_id, person_id, starts_at, id);
create index notice_tenant on notice (tenant_id, number);
