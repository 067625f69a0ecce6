-- How access is given: an exemption from a service control policy, or a permission set that is assigned.

alter table control add column way varchar(24) default 'SCP_EXEMPTION' not null;
alter table control add column permission_set varchar(32);

-- The permission sets that Drawbridge may assign.
create table permission_set (
    tenant_id varchar(64) not null references tenant (id),
    name varchar(32) not null,
    arn varchar(255) not null,
    description varchar(700) not null,
    session_duration varchar(32) not null,
    closes_sessions boolean not null,
    primary key (tenant_id, name)
);

-- What is opened in the cloud: the permission asked for, or the permission set that stands for it.
alter table access_grant add column way varchar(24) default 'SCP_EXEMPTION' not null;
alter table access_grant add column opens varchar(255);
update access_grant set opens = permission;
alter table access_grant alter column opens set not null;
alter table access_grant add column missing_since timestamp with time zone;
alter table access_grant add column sessions_until timestamp with time zone;
create index access_grant_object on access_grant (tenant_id, account_id, permission);

-- One row for each work that only one node may do at a time; the generation grows with each new holder.
create table fence (
    name varchar(255) primary key,
    holder varchar(64) not null,
    generation bigint not null,
    held_until timestamp with time zone not null
);

-- One row for each AWS account and API: how many calls may be made now. Shared by all nodes.
create table aws_quota (
    bucket varchar(255) primary key,
    tokens double precision not null,
    refilled_at timestamp with time zone not null,
    revocation_waits_until timestamp with time zone not null
);

alter table dry_run_access add column tenant_id varchar(64) default '' not null;
alter table dry_run_operation add column tenant_id varchar(64) default '' not null;
