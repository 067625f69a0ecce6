-- Sign-in elsewhere: as of when the issuer has named a person's groups; an older token does not bring old groups back.
alter table person add column claims_at timestamp with time zone;

-- Keys of programs that cannot sign in at an issuer. Of the secret only its SHA-256 is kept.
create table api_key (
    id varchar(36) primary key,
    tenant_id varchar(64) not null references tenant (id),
    name varchar(100) not null,
    secret_hash varchar(64) not null,
    roles varchar(255) not null,
    created_by varchar(255) not null,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone not null,
    revoked_by varchar(255),
    revoked_at timestamp with time zone
);
create index api_key_tenant on api_key (tenant_id, created_at);
