-- The demo organisations acme and globex. Passwords are the short names; production refuses this data.

insert into tenant (id, name) values ('acme', 'Acme'), ('globex', 'Globex');

insert into person (id, tenant_id, name, email, password_hash, identity_store_id) values
    ('alice@acme.example', 'acme', 'Alice Archer', 'alice@acme.example', '{bcrypt}$2a$08$qkKY7toqFitKHy7uDaVj/eS4qligiYfgyIOT4TXd1f4Sumb2e6NCu', '90670000-0001'),
    ('bob@acme.example', 'acme', 'Bob Baker', 'bob@acme.example', '{bcrypt}$2a$08$b8Zt.PEcqooyCWU/JynWkee1SoK0GrCu5lidmFlSiF6z5Ux/yKQ6O', '90670000-0002'),
    ('carol@acme.example', 'acme', 'Carol Cole', 'carol@acme.example', '{bcrypt}$2a$08$2Sy7HsskWuHjl370oo/RSOh6Juy5MTkt/NeEjriQ0XNgGjlXHe39u', '90670000-0003'),
    ('dave@acme.example', 'acme', 'Dave Dunn', 'dave@acme.example', '{bcrypt}$2a$08$Fpc7H2rOCbJwfI2M6UolCecAwdD..wAS4G.PK.5Yt2a44RQAaNTte', '90670000-0004'),
    ('erin@acme.example', 'acme', 'Erin Ellis', 'erin@acme.example', '{bcrypt}$2a$08$SAyyDjDgo8IRxvMMzste5OvgcngK82w3cSS73p.yZ04c81Vk1u0ca', '90670000-0005'),
    ('victor@acme.example', 'acme', 'Victor Vance', 'victor@acme.example', '{bcrypt}$2a$08$XOaY8MQmqPL6gMrbOxHUB.fhL7qYzTtQy7iEd2Y.10HGgj7gadYG.', '90670000-0006'),
    ('oscar@acme.example', 'acme', 'Oscar Olsen', 'oscar@acme.example', '{bcrypt}$2a$08$T3wIc0zk8XA6knwLwyzq5eD7O/GxU63H.baGa0aZQqjwG./Er4mxa', '90670000-0007'),
    ('petra@acme.example', 'acme', 'Petra Poole', 'petra@acme.example', '{bcrypt}$2a$08$csvwIoMrzvcGYf/X58suVOxA31B0lOy92Q9vCRYYVi.z.8nHTEg7C', '90670000-0008'),
    ('mallory@acme.example', 'acme', 'Mallory Marsh', 'mallory@acme.example', '{bcrypt}$2a$08$WyEC0/IOcl3EX4tDQ5Xr.Oeqy7UNdAMlogyT2JEJE.L7OsI/M8HHu', '90670000-0009'),
    ('intake@acme.example', 'acme', 'Intake', 'intake@acme.example', '{bcrypt}$2a$08$4odw63aBAwzfwBKtnAqF/ea9FBopInwej3w7AdnsffZDwrU3gZ1fy', ''),
    ('gina@globex.example', 'globex', 'Gina Grant', 'gina@globex.example', '{bcrypt}$2a$08$w5SU52v/6FZtc2iJCp7vZ.54QTB08FBjAsWLzsWok/Pj7pPtHqPie', '90670000-0011'),
    ('gus@globex.example', 'globex', 'Gus Gray', 'gus@globex.example', '{bcrypt}$2a$08$W.Uc9PWQo0fMKLcdm4AMheSFTvEIOAIby4wytWEkAM0ASjh2x4WSG', '90670000-0012');

insert into person_group (person_id, group_name) values
    ('alice@acme.example', 'engineers'),
    ('alice@acme.example', 'on-call'),
    ('bob@acme.example', 'approvers'),
    ('carol@acme.example', 'approvers'),
    ('dave@acme.example', 'approvers'),
    ('erin@acme.example', 'administrators'),
    ('victor@acme.example', 'viewers'),
    ('oscar@acme.example', 'operations'),
    ('petra@acme.example', 'process-owners'),
    ('mallory@acme.example', 'engineers'),
    ('gina@globex.example', 'engineers'),
    ('gus@globex.example', 'approvers');

insert into person_role (person_id, role) values
    ('alice@acme.example', 'REQUESTER'),
    ('bob@acme.example', 'REQUESTER'),
    ('carol@acme.example', 'REQUESTER'),
    ('dave@acme.example', 'REQUESTER'),
    ('erin@acme.example', 'REQUESTER'),
    ('erin@acme.example', 'ADMINISTRATOR'),
    ('victor@acme.example', 'REQUESTER'),
    ('oscar@acme.example', 'REQUESTER'),
    ('oscar@acme.example', 'OPERATIONS'),
    ('petra@acme.example', 'REQUESTER'),
    ('petra@acme.example', 'PROCESS_OWNER'),
    ('mallory@acme.example', 'REQUESTER'),
    ('intake@acme.example', 'INTAKE'),
    ('gina@globex.example', 'REQUESTER'),
    ('gus@globex.example', 'REQUESTER');

insert into scope (tenant_id, id, parent_id, kind, name, environment, self_approval) values
    ('acme', 'r-acme', null, 'ORGANIZATION', 'Acme', '', null);
insert into scope (tenant_id, id, parent_id, kind, name, environment, self_approval) values
    ('acme', 'ou-workloads', 'r-acme', 'ORGANIZATIONAL_UNIT', 'Workloads', '', null),
    ('acme', 'ou-sandbox', 'r-acme', 'ORGANIZATIONAL_UNIT', 'Sandbox', '', true);
insert into scope (tenant_id, id, parent_id, kind, name, environment, self_approval) values
    ('acme', 'ou-production', 'ou-workloads', 'ORGANIZATIONAL_UNIT', 'Production', 'production', null),
    ('acme', 'ou-development', 'ou-workloads', 'ORGANIZATIONAL_UNIT', 'Development', 'development', null),
    ('acme', '777788889999', 'ou-sandbox', 'ACCOUNT', 'sandbox', 'sandbox', null);
insert into scope (tenant_id, id, parent_id, kind, name, environment, self_approval) values
    ('acme', '111122223333', 'ou-production', 'ACCOUNT', 'payments-prod', 'production', null),
    ('acme', '444455556666', 'ou-development', 'ACCOUNT', 'payments-dev', 'development', null);
insert into scope (tenant_id, id, parent_id, kind, name, environment, self_approval) values
    ('globex', 'r-globex', null, 'ORGANIZATION', 'Globex', '', null);
insert into scope (tenant_id, id, parent_id, kind, name, environment, self_approval) values
    ('globex', '999900001111', 'r-globex', 'ACCOUNT', 'globex-main', 'production', null);

insert into approver (tenant_id, scope_id, person_id, assigned_at) values
    ('acme', 'r-acme', 'dave@acme.example', timestamp with time zone '2026-01-01 00:00:00+00'),
    ('acme', 'ou-production', 'carol@acme.example', timestamp with time zone '2026-01-01 00:00:00+00'),
    ('acme', 'ou-development', 'carol@acme.example', timestamp with time zone '2026-01-01 00:00:00+00'),
    ('acme', '111122223333', 'bob@acme.example', timestamp with time zone '2026-01-01 00:00:00+00'),
    ('acme', '777788889999', 'alice@acme.example', timestamp with time zone '2026-01-01 00:00:00+00'),
    ('globex', '999900001111', 'gus@globex.example', timestamp with time zone '2026-01-01 00:00:00+00');

insert into viewer (tenant_id, scope_id, person_id) values
    ('acme', 'r-acme', 'victor@acme.example');

insert into control (tenant_id, scope_id, service, control) values
    ('acme', 'r-acme', 's3', 'PROTECTED'),
    ('acme', 'r-acme', 'ec2', 'PROTECTED'),
    ('acme', 'r-acme', 'iam', 'PROTECTED'),
    ('acme', 'r-acme', 'kms', 'PROTECTED'),
    ('acme', 'r-acme', 'rds', 'PROTECTED'),
    ('acme', 'r-acme', 'secretsmanager', 'PROTECTED'),
    ('acme', 'r-acme', 'organizations', 'PROTECTED'),
    ('acme', 'r-acme', 'cloudtrail', 'PROTECTED'),
    ('acme', 'r-acme', 'gamelift', 'DISABLED'),
    ('globex', 'r-globex', 's3', 'PROTECTED');

insert into identity_owner (tenant_id, position, pattern, owner_id) values
    ('acme', 0, 'arn:aws:iam::111122223333:role/deploy', 'bob@acme.example');

insert into tenant_setting (tenant_id, request_user_justification, min_duration, max_duration, preset_duration, cool_down,
        propagation, max_requests_per_identity_and_hour, time_zone) values
    ('acme', true, 'PT10S', 'forever', 'PT1H', 'PT15M', 'PT2M', 20, 'UTC'),
    ('globex', true, 'PT10S', 'forever', 'PT1H', 'PT15M', 'PT2M', 20, 'UTC');
