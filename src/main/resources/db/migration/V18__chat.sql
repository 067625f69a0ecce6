-- Chat accounts that speak for a person; one that was disconnected stays, so that it does not match by its address again.
create table chat_account (
    platform varchar(16) not null,
    workspace varchar(128) not null,
    account varchar(255) not null,
    tenant_id varchar(64) not null references tenant (id),
    person_id varchar(255) not null,
    name varchar(255) not null,
    matched_by varchar(16) not null,
    connected_at timestamp with time zone not null,
    ended_at timestamp with time zone,
    primary key (platform, workspace, account)
);
create index chat_account_person on chat_account (tenant_id, person_id);

-- Links by which a chat account is connected once; only the hash of their secret is kept.
create table chat_invitation (
    token_hash varchar(64) primary key,
    platform varchar(16) not null,
    workspace varchar(128) not null,
    account varchar(255) not null,
    name varchar(255) not null,
    address varchar(320),
    expires_at timestamp with time zone not null,
    used_at timestamp with time zone
);
create index chat_invitation_account on chat_invitation (platform, workspace, account);

-- Workspaces whose mail addresses an administrator has declared as verified.
create table chat_workspace (
    platform varchar(16) not null,
    workspace varchar(128) not null,
    tenant_id varchar(64) not null references tenant (id),
    addresses_verified boolean not null,
    primary key (platform, workspace)
);

-- What a platform needs to reach an account: a conversation, or where its service lies.
create table chat_reach (
    platform varchar(16) not null,
    workspace varchar(128) not null,
    account varchar(255) not null,
    reach varchar(2000) not null,
    primary key (platform, workspace, account)
);

-- One message in a chat, with what it should say now; version counts what it should, shown what it does.
-- Without an account it goes to whoever in that workspace has the person's verified address.
create table chat_message (
    notice_id varchar(36) primary key references notice (id) on delete cascade,
    tenant_id varchar(64) not null,
    platform varchar(16) not null,
    workspace varchar(128) not null,
    account varchar(255),
    person_id varchar(255) not null,
    request_id varchar(36),
    awaits varchar(16) not null,
    content text not null,
    version integer not null,
    shown integer not null,
    conversation varchar(512),
    message varchar(255),
    uncertain boolean not null,
    claimed_until timestamp with time zone
);
create index chat_message_request on chat_message (request_id, awaits);
create index chat_message_account on chat_message (platform, workspace, account);

-- What came in from a chat, by the platform's own key of the delivery: it is done once, and what was taken is not lost.
create table chat_delivery (
    delivery varchar(300) primary key,
    received_at timestamp with time zone not null,
    claimed_until timestamp with time zone not null,
    done_at timestamp with time zone,
    content text
);
create index chat_delivery_open on chat_delivery (done_at, claimed_until);

-- A tenant's own words below each chat message.
create table chat_addendum (
    tenant_id varchar(64) primary key references tenant (id),
    words varchar(1000) not null
);

-- What a person does not want to be told: by a channel, or about a scope.
create table notice_mute (
    person_id varchar(255) not null references person (id),
    kind varchar(16) not null,
    name varchar(64) not null,
    primary key (person_id, kind, name)
);
