-- The truth of Drawbridge. Runs alike on H2 and on PostgreSQL.

create table tenant (
    id varchar(64) primary key,
    name varchar(255) not null
);

create table person (
    id varchar(255) primary key,
    tenant_id varchar(64) not null references tenant (id),
    name varchar(255) not null,
    email varchar(320) not null,
    password_hash varchar(255),
    active boolean not null default true,
    identity_store_id varchar(64) not null default ''
);
create index person_tenant on person (tenant_id);

create table person_group (
    person_id varchar(255) not null references person (id),
    group_name varchar(128) not null,
    primary key (person_id, group_name)
);

create table person_role (
    person_id varchar(255) not null references person (id),
    role varchar(32) not null,
    primary key (person_id, role)
);

create table scope (
    tenant_id varchar(64) not null references tenant (id),
    id varchar(64) not null,
    parent_id varchar(64),
    kind varchar(32) not null,
    name varchar(255) not null,
    environment varchar(64) not null default '',
    self_approval boolean,
    primary key (tenant_id, id),
    foreign key (tenant_id, parent_id) references scope (tenant_id, id)
);

create table approver (
    tenant_id varchar(64) not null,
    scope_id varchar(64) not null,
    person_id varchar(255) not null references person (id),
    assigned_at timestamp with time zone not null,
    primary key (tenant_id, scope_id, person_id),
    foreign key (tenant_id, scope_id) references scope (tenant_id, id)
);
create index approver_person on approver (person_id);

create table viewer (
    tenant_id varchar(64) not null,
    scope_id varchar(64) not null,
    person_id varchar(255) not null references person (id),
    primary key (tenant_id, scope_id, person_id),
    foreign key (tenant_id, scope_id) references scope (tenant_id, id)
);
create index viewer_person on viewer (person_id);

create table control (
    tenant_id varchar(64) not null,
    scope_id varchar(64) not null,
    service varchar(64) not null,
    control varchar(16) not null,
    primary key (tenant_id, scope_id, service),
    foreign key (tenant_id, scope_id) references scope (tenant_id, id)
);

create table control_exemption (
    tenant_id varchar(64) not null,
    scope_id varchar(64) not null,
    service varchar(64) not null,
    position integer not null,
    identity varchar(2048) not null,
    primary key (tenant_id, scope_id, service, position)
);

create table identity_owner (
    tenant_id varchar(64) not null references tenant (id),
    position integer not null,
    pattern varchar(2048) not null,
    owner_id varchar(255) not null references person (id),
    primary key (tenant_id, position)
);

create table tenant_setting (
    tenant_id varchar(64) primary key references tenant (id),
    request_user_justification boolean not null,
    min_duration varchar(32) not null,
    max_duration varchar(32) not null,
    preset_duration varchar(32) not null,
    cool_down varchar(32) not null,
    propagation varchar(32) not null,
    max_requests_per_identity_and_hour integer not null,
    time_zone varchar(64) not null
);

create table access_request (
    id varchar(36) primary key,
    tenant_id varchar(64) not null references tenant (id),
    status varchar(24) not null,
    status_since timestamp with time zone not null,
    created_at timestamp with time zone not null,
    origin varchar(16) not null,
    requester_id varchar(255) not null,
    identity_type varchar(16) not null,
    identity_arn varchar(2048) not null,
    identity_name varchar(255) not null,
    account_id varchar(64) not null,
    scope_path varchar(2048) not null,
    service varchar(64) not null,
    permission varchar(255) not null,
    attempts integer not null,
    justification varchar(2000),
    ticket varchar(255),
    break_glass boolean not null,
    confirmed boolean not null,
    source_ip varchar(64),
    mfa boolean not null,
    liftable varchar(16) not null,
    requested_duration varchar(32),
    granted_duration varchar(32),
    mode varchar(16),
    approval_timeout varchar(32),
    max_duration varchar(32),
    policies varchar(4000) not null,
    decided_by varchar(16),
    decider_id varchar(255),
    decision_message varchar(4000),
    decided_at timestamp with time zone,
    previous_id varchar(36),
    open_key varchar(2800),
    review_due_at timestamp with time zone,
    reviewed_at timestamp with time zone,
    reviewer_id varchar(255),
    review_message varchar(2000),
    review_justified boolean,
    constraint access_request_open unique (open_key)
);
create index access_request_created on access_request (tenant_id, created_at, id);
create index access_request_status on access_request (tenant_id, status);
create index access_request_requester on access_request (tenant_id, requester_id);
create index access_request_account on access_request (tenant_id, account_id);

-- Names known to have used the identity of a request; none of them decides it.
create table request_identity_user (
    request_id varchar(36) not null references access_request (id),
    name varchar(255) not null,
    primary key (request_id, name)
);

create table request_rung (
    request_id varchar(36) not null references access_request (id),
    level integer not null,
    scope_id varchar(64) not null,
    people varchar(4000) not null,
    notified_at timestamp with time zone not null,
    primary key (request_id, level)
);

create table request_message (
    id varchar(36) primary key,
    request_id varchar(36) not null references access_request (id),
    number bigint generated by default as identity,
    author_id varchar(255) not null,
    written_at timestamp with time zone not null,
    body varchar(2000) not null
);
create index request_message_request on request_message (request_id, number);

create table policy_decision (
    number bigint generated by default as identity primary key,
    tenant_id varchar(64) not null,
    request_id varchar(36) not null references access_request (id),
    asked_at timestamp with time zone not null,
    occasion varchar(16) not null,
    allowed boolean not null,
    mode varchar(16),
    policies varchar(4000) not null,
    errors text not null,
    set_hash varchar(64) not null,
    evidence text not null
);
create index policy_decision_request on policy_decision (request_id);

create table access_grant (
    id varchar(36) primary key,
    tenant_id varchar(64) not null references tenant (id),
    request_id varchar(36) not null references access_request (id),
    person_id varchar(255) not null,
    identity_type varchar(16) not null,
    identity_arn varchar(2048) not null,
    identity_name varchar(255) not null,
    account_id varchar(64) not null,
    permission varchar(255) not null,
    state varchar(24) not null,
    state_since timestamp with time zone not null,
    starts_at timestamp with time zone not null,
    ends_at timestamp with time zone not null,
    active_at timestamp with time zone,
    revoking_at timestamp with time zone,
    revoked_at timestamp with time zone,
    ended_by varchar(255),
    end_reason varchar(2000),
    attempts integer not null,
    failure varchar(2000),
    break_glass boolean not null,
    constraint access_grant_request unique (request_id)
);
create index access_grant_state on access_grant (tenant_id, state);
create index access_grant_person on access_grant (tenant_id, person_id);

-- One row for each cloud object that grants ever shared; its row lock orders what is done to the object.
create table cloud_object (
    object_key varchar(2800) primary key
);

create table lease (
    grant_id varchar(36) primary key references access_grant (id),
    object_key varchar(2800) not null,
    ends_at timestamp with time zone not null,
    living boolean not null
);
create index lease_object on lease (object_key, living);

create table intake_event (
    tenant_id varchar(64) not null,
    event_id varchar(128) not null,
    received_at timestamp with time zone not null,
    outcome varchar(24) not null,
    request_id varchar(36),
    primary key (tenant_id, event_id)
);

-- One row for each identity that was ever denied what a request could open; its row lock orders what its denials open.
create table intake_identity (
    tenant_id varchar(64) not null,
    identity_key varchar(2400) not null,
    primary key (tenant_id, identity_key)
);

create table dead_letter (
    number bigint generated by default as identity primary key,
    tenant_id varchar(64) not null,
    received_at timestamp with time zone not null,
    event_id varchar(128),
    reason varchar(2000) not null,
    body text not null
);
create index dead_letter_tenant on dead_letter (tenant_id, number);

-- When something was last told that is told again only after a pause.
create table told (
    tenant_id varchar(64) not null,
    subject varchar(2800) not null,
    told_at timestamp with time zone not null,
    primary key (tenant_id, subject)
);

create table notice (
    id varchar(36) primary key,
    number bigint generated by default as identity,
    tenant_id varchar(64) not null,
    kind varchar(32) not null,
    recipient_id varchar(255) not null,
    address varchar(320) not null,
    subject varchar(998) not null,
    body_text text not null,
    body_html text not null,
    request_id varchar(36),
    created_at timestamp with time zone not null,
    sent_at timestamp with time zone,
    attempts integer not null,
    next_attempt_at timestamp with time zone not null,
    failure varchar(2000)
);
create index notice_due on notice (sent_at, next_attempt_at);
create index notice_recipient on notice (tenant_id, recipient_id, number);

create table audit_record (
    number bigint generated by default as identity primary key,
    tenant_id varchar(64) not null,
    recorded_at timestamp with time zone not null,
    actor varchar(255) not null,
    action varchar(64) not null,
    subject varchar(255) not null,
    details text not null
);
create index audit_record_tenant on audit_record (tenant_id, number);
create index audit_record_subject on audit_record (tenant_id, subject, number);

create table idempotent_call (
    tenant_id varchar(64) not null,
    person_id varchar(255) not null,
    idempotency_key varchar(255) not null,
    call varchar(1024) not null,
    body_hash varchar(64) not null,
    status integer,
    location varchar(1024),
    content_type varchar(255),
    response text,
    called_at timestamp with time zone not null,
    primary key (tenant_id, person_id, idempotency_key)
);

-- The dry-run cloud: who has access to what, outside of any transaction of Drawbridge.
create table dry_run_access (
    object_key varchar(2800) primary key,
    account_id varchar(64) not null,
    identity varchar(2048) not null,
    permission varchar(255) not null,
    grant_id varchar(36) not null,
    since timestamp with time zone not null
);

create table dry_run_operation (
    object_key varchar(2800) primary key,
    opening boolean not null,
    grant_id varchar(36) not null,
    account_id varchar(64) not null,
    identity varchar(2048) not null,
    permission varchar(255) not null,
    completes_at timestamp with time zone not null
);
