-- What was kept long enough is found by its age, and what a kept row names by its name.
create index access_request_previous on access_request (previous_id);
create index notice_created on notice (tenant_id, created_at);
create index dead_letter_received on dead_letter (tenant_id, received_at);
create index intake_event_received on intake_event (tenant_id, received_at);
create index told_at on told (tenant_id, told_at);
