-- The audit chain: records are sealed in a gap-free order, each with the hash of the one before. Nothing here is changed
-- but the end of a chain.

create table audit_seal (
    tenant_id varchar(64) not null,
    position bigint not null,
    number bigint not null,
    previous_hash varchar(64) not null,
    hash varchar(64) not null,
    primary key (tenant_id, position),
    constraint audit_seal_number unique (number)
);

-- Records that wait for their seal, each added in the transaction of its record: one that is committed late is not skipped.
create table audit_unsealed (
    tenant_id varchar(64) not null,
    number bigint not null,
    recorded_at timestamp with time zone not null,
    primary key (tenant_id, number)
);

-- One row for each chain: its end. Its row lock lets one node at a time seal.
create table audit_chain (
    tenant_id varchar(64) primary key,
    chain_id varchar(36) not null,
    position bigint not null,
    hash varchar(64) not null
);

insert into audit_unsealed (tenant_id, number, recorded_at) select tenant_id, number, recorded_at from audit_record;

-- Under which ids AWS took the last call, so that records can be followed into its own log.
alter table account_assignment add column taken_under varchar(64);
alter table scp_document add column written_under varchar(64);
