-- The service control policies that Drawbridge writes, and what they are to leave open.

-- One row for each account whose permissions are closed by our policies. Each change of what is wanted gets the next
-- number; everything up to "written" is in force.
create table scp_account (
    tenant_id varchar(64) not null references tenant (id),
    account_id varchar(64) not null,
    wanted bigint not null,
    written bigint not null,
    urgent boolean not null,
    dirty_since timestamp with time zone,
    attempts integer not null,
    next_attempt_at timestamp with time zone not null,
    failure varchar(4000),
    failure_is_final boolean not null,
    closure_sha256 varchar(64) default '' not null,
    primary key (tenant_id, account_id)
);
create index scp_account_due on scp_account (tenant_id, next_attempt_at);

create table scp_document (
    tenant_id varchar(64) not null,
    account_id varchar(64) not null,
    number integer not null,
    policy_id varchar(130),
    content text not null,
    sha256 varchar(64) not null,
    pending_sha256 varchar(64) not null,
    generation bigint not null,
    written_at timestamp with time zone,
    foreign_finding varchar(4000),
    accepted_sha256 varchar(64) not null,
    primary key (tenant_id, account_id, number),
    foreign key (tenant_id, account_id) references scp_account (tenant_id, account_id)
);
create index scp_document_policy on scp_document (policy_id);

-- In which document of its account an action is closed.
create table scp_action (
    tenant_id varchar(64) not null,
    account_id varchar(64) not null,
    action varchar(255) not null,
    number integer not null,
    primary key (tenant_id, account_id, action),
    foreign key (tenant_id, account_id) references scp_account (tenant_id, account_id)
);

-- What is wanted open, or is being closed. The horizon is the last end that any document possibly in force has for it.
create table scp_opening (
    object_key varchar(2800) primary key,
    tenant_id varchar(64) not null,
    account_id varchar(64) not null,
    action varchar(255) not null,
    identity_key varchar(2400) not null,
    principal_kind varchar(24) not null,
    principal_id varchar(160) not null,
    grant_id varchar(36) not null,
    ends_at timestamp with time zone not null,
    horizon timestamp with time zone not null,
    wanted_open boolean not null,
    change_number bigint not null,
    confirmed_at timestamp with time zone,
    foreign key (tenant_id, account_id) references scp_account (tenant_id, account_id)
);
create index scp_opening_account on scp_opening (tenant_id, account_id);
