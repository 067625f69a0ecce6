-- The organization as AWS has it: what is closed there, and what no service control policy binds.

alter table scope add column closed boolean default false not null;
alter table scope add column management boolean default false not null;

-- One row for each tenant that was ever synchronized; its row lock orders what is applied.
create table organization_sync (
    tenant_id varchar(64) primary key references tenant (id),
    read_at timestamp with time zone not null,
    held_back varchar(255) not null
);
