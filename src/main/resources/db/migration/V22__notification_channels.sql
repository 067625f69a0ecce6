-- The outbox takes notices for other transports than mail. What is given up stays, with the reason, and is tried no more.
alter table notice add column transport varchar(16) default 'mail' not null;
alter table notice add column given_up_at timestamp with time zone;
-- A notice for a channel of the tenant is for no person.
alter table notice add column channel_id varchar(36);
alter table notice alter column recipient_id drop not null;
