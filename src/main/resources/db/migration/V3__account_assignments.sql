-- Permission sets assigned to people: what is wanted, what AWS was last seen to have, and what is under way between them.
create table account_assignment (
    object_key varchar(2800) primary key,
    tenant_id varchar(64) not null,
    account_id varchar(64) not null,
    permission_set varchar(32) not null,
    permission_set_arn varchar(255) not null,
    principal_type varchar(16) not null,
    principal_id varchar(64) not null,
    identity varchar(2400) not null,
    grant_id varchar(36),
    -- Grows with each time that it is asked for, so that an answer to an earlier question is not taken for a later one's.
    revision bigint not null,
    wanted varchar(8) not null,
    wanted_since timestamp with time zone not null,
    -- True exactly if AWS listed what is wanted after it was last asked for, and nothing is under way.
    settled boolean not null,
    seen varchar(8),
    seen_at timestamp with time zone,
    present_at timestamp with time zone,
    -- What AWS was sent. Without an id nobody knows whether it took it.
    request varchar(8),
    request_id varchar(64),
    requested_at timestamp with time zone,
    succeeded varchar(8),
    succeeded_at timestamp with time zone,
    attempts integer not null,
    next_attempt_at timestamp with time zone not null,
    failure varchar(2000),
    impossible boolean not null,
    unknown_to_aws boolean not null,
    unreachable varchar(2000),
    remark varchar(2000),
    removed_at timestamp with time zone,
    sessions_until timestamp with time zone,
    closes_sessions boolean not null,
    sessions_denied_at timestamp with time zone
);
create index account_assignment_work on account_assignment (tenant_id, settled);
create index account_assignment_sessions on account_assignment (tenant_id, sessions_until);

-- One row for each account with a policy that closes sessions there.
create table session_policy (
    tenant_id varchar(64) not null,
    account_id varchar(64) not null,
    policy_id varchar(64),
    generation bigint not null,
    -- Of the content that AWS last acknowledged; empty before the first.
    content_hash varchar(64) not null,
    attached boolean not null,
    -- True exactly if AWS was read to have this content, attached, after it was written.
    confirmed boolean not null,
    next_attempt_at timestamp with time zone not null,
    failure varchar(2000),
    finding varchar(2000),
    restores boolean not null,
    primary key (tenant_id, account_id)
);
