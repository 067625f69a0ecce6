-- The outbox takes notices for other transports than mail. What is given up stays, with the reason, and is tried no more.
alter table notice add column transport varchar(16) default 'mail' not null;
alter table notice add column given_up_at timestamp with time zone;
-- A notice for a channel of the tenant is for no person.
alter table notice add column channel_id varchar(36);
alter table notice alter column recipient_id drop not null;
-- What a receiver tells repetitions by; an event goes to each address of a channel once.
alter table notice add column event_id varchar(36);
create unique index notice_channel_event on notice (channel_id, event_id, address);
create index notice_channel on notice (channel_id, sent_at, number);

-- Where a tenant wants to be told of what happens. Lists are lines. One that was removed keeps its name for the notices
-- that went there, and nothing that was secret.
create table notification_channel (
    id varchar(36) primary key,
    tenant_id varchar(64) not null,
    name varchar(100) not null,
    kind varchar(16) not null,
    targets varchar(8000) not null,
    events varchar(1000) not null,
    scopes varchar(8000) not null,
    headers varchar(1000) not null,
    enabled boolean not null,
    sealed_secret varchar(1000),
    sealed_headers text,
    created_by varchar(255) not null,
    created_at timestamp with time zone not null,
    -- One node delivers to a channel at a time, in order, and all of its deliveries wait after a failure.
    busy_until timestamp with time zone,
    failures integer not null,
    next_attempt_at timestamp with time zone not null,
    failing_since timestamp with time zone,
    last_failure_at timestamp with time zone,
    last_failure varchar(2000),
    last_success_at timestamp with time zone,
    stopped_at timestamp with time zone,
    removed_at timestamp with time zone
);
create index notification_channel_tenant on notification_channel (tenant_id);
