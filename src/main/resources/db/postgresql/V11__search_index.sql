-- An index for parts of words. pg_trgm is a trusted extension: whoever may create in the database may create it. Who may
-- not still has a search, a slower one; an administrator of the database can create extension and index at any time.
do $$
begin
    create extension if not exists pg_trgm;
    create index if not exists access_request_search on access_request using gin (search_text gin_trgm_ops);
exception
    when insufficient_privilege or undefined_file or feature_not_supported then
        raise warning 'pg_trgm cannot be created (%); searches of requests look through all of them.', sqlerrm;
end
$$;
