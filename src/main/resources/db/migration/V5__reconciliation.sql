-- Where the cloud and our own tables do not agree, and what became of it.
create table drift_finding (
    id varchar(36) primary key,
    tenant_id varchar(64) not null references tenant (id),
    kind varchar(24) not null,
    subject varchar(2800) not null,
    finding varchar(4000) not null,
    choices varchar(1000) not null,
    state varchar(16) not null,
    first_seen timestamp with time zone not null,
    last_seen timestamp with time zone not null,
    times_seen integer not null,
    part_of varchar(36),
    choice varchar(255),
    reason varchar(2000),
    resolved_by varchar(255),
    resolved_at timestamp with time zone,
    open_key varchar(36),
    constraint drift_finding_open unique (open_key)
);
create index drift_finding_tenant on drift_finding (tenant_id, first_seen, id);
create index drift_finding_state on drift_finding (tenant_id, state);
create index drift_finding_part on drift_finding (part_of);

-- One row for each tenant: who compares it with its cloud now, and when that was last done to the end.
create table drift_sweep (
    tenant_id varchar(64) primary key references tenant (id),
    sweep varchar(36) not null,
    held_until timestamp with time zone not null,
    swept_at timestamp with time zone
);

create index access_grant_end on access_grant (tenant_id, ends_at);
