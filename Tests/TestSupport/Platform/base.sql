-- What the platform's database has in every state: its schema, its extensions, and golang-migrate's record.
CREATE SCHEMA mcp;
GRANT USAGE ON SCHEMA mcp TO PUBLIC;
CREATE EXTENSION vector SCHEMA public;

-- In place of uuid-ossp's, which not every server has.
CREATE FUNCTION public.uuid_generate_v4() RETURNS uuid LANGUAGE sql VOLATILE AS 'SELECT gen_random_uuid()';

CREATE TABLE public.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);

-- The keys of rows follow from numbers, so that a test can name a row.
CREATE FUNCTION pg_temp.key(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT md5(kind || number)::uuid $$;
CREATE FUNCTION pg_temp.tenant(number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT pg_temp.key('tenant', number % 5) $$;
-- As `timestamp`, and in UTC, which the platform's programs run in.
CREATE FUNCTION pg_temp.moment(number bigint) RETURNS timestamp LANGUAGE sql IMMUTABLE
    AS $$ SELECT timestamp '2025-01-01 00:00:00' + number * interval '37 minutes 11 seconds' $$;
CREATE FUNCTION pg_temp.rows() RETURNS bigint LANGUAGE sql
    AS $$ SELECT current_setting('platform.rows')::bigint $$;
CREATE FUNCTION pg_temp.partition_by_month(parent text, months int[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    month int;
    start date;
BEGIN
    FOREACH month IN ARRAY months LOOP
        start := make_date(2025, month, 1);
        EXECUTE format('CREATE TABLE mcp.%I PARTITION OF mcp.%I FOR VALUES FROM (%L) TO (%L)',
            parent || to_char(start, '_YYYY_MM'), parent, start, (start + interval '1 month')::date);
    END LOOP;
END
$$;
SET TimeZone = 'UTC';
