-- Nothing looks for records by their number alone: searches go by their time, and the chain by its seals.
drop index audit_record_tenant;
