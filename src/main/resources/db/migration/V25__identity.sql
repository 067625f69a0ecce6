-- What makes it the same identity the next time it is seen: the user name of a person, the ARN of a machine. Each new
-- request looks for the last one of its identity. Not required: a node of the version before may still add requests.
alter table access_request add column identity_key varchar(2100);
update access_request set identity_key = case
    when identity_type = 'SSO_USER' then identity_type || ':' || lower(identity_name)
    else identity_type || ':' || identity_arn end;
create index access_request_identity on access_request (tenant_id, identity_key, account_id, created_at);
