-- erin administers acme and keeps the installation running: she sees its figures, and makes the key with which they are scraped.

insert into person_role (person_id, role) values ('erin@acme.example', 'OPERATIONS');
