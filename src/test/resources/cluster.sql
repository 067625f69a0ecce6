-- What a trial adds to the demo's organisation: engineers who ask, and what the dry-run cloud was asked for, by the
-- database's clock.
insert into person (id, tenant_id, name, email, password_hash, identity_store_id)
    select 'load-' || n || '@acme.example', 'acme', 'Load ' || n, 'load-' || n || '@acme.example', '{bcrypt}$2b$04$qkKY7toqFitKHy7uDaVj/e142DcMlSDjdUD/Ni5OeadmjkZaRb7M6', 'load-' || n
    from generate_series(1, 400) n;
insert into person_group (person_id, group_name)
    select 'load-' || n || '@acme.example', 'engineers' from generate_series(1, 400) n;
insert into person_role (person_id, role)
    select 'load-' || n || '@acme.example', 'REQUESTER' from generate_series(1, 400) n;

create table trial_cloud_call (
    grant_id varchar(36) not null,
    opening boolean not null,
    node varchar(64) not null,
    at timestamp with time zone not null default clock_timestamp()
);
create index trial_cloud_call_grant on trial_cloud_call (grant_id);
create function trial_cloud_was_called() returns trigger as $$
begin
    insert into trial_cloud_call (grant_id, opening, node)
        values (new.grant_id, new.opening, current_setting('application_name'));
    return new;
end $$ language plpgsql;
create trigger trial_cloud_was_called after insert on dry_run_operation
    for each row execute function trial_cloud_was_called();

-- What really changed in the cloud: an access that came, or one that went.
create table trial_cloud_change (
    grant_id varchar(36) not null,
    opening boolean not null
);
create function trial_cloud_changed() returns trigger as $$
begin
    if tg_op = 'INSERT' then
        insert into trial_cloud_change (grant_id, opening) values (new.grant_id, true);
    else
        insert into trial_cloud_change (grant_id, opening) values (old.grant_id, false);
    end if;
    return null;
end $$ language plpgsql;
create trigger trial_cloud_changed after insert or delete on dry_run_access
    for each row execute function trial_cloud_changed();

-- Which node is behind the owner of a lock: the engine does not say.
create table trial_owner (
    owner varchar(255) primary key,
    node varchar(64) not null
);
create function trial_lock_was_taken() returns trigger as $$
begin
    insert into trial_owner (owner, node) values (new.lock_owner_, current_setting('application_name'))
        on conflict do nothing;
    return new;
end $$ language plpgsql;
create trigger trial_lock_was_taken after update of lock_owner_ on act_ru_job
    for each row when (new.lock_owner_ is not null and new.lock_owner_ is distinct from old.lock_owner_)
    execute function trial_lock_was_taken();
