-- Sign-in elsewhere: the issuer and its id of whoever first signed in under the name; nobody else gets in under it.
alter table person add column subject varchar(512);
