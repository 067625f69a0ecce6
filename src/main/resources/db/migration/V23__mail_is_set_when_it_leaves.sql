-- What a mail says, as JSON, so that its HTML is made when it leaves and not in the transaction that it tells of. Notices
-- from before have their HTML already.
alter table notice add column words text;
alter table notice alter column body_html drop not null;
