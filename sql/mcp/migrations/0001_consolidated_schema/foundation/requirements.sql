-- What the server must offer, checked before anything is made: a refusal here leaves nothing behind.
DO $$
DECLARE
    major constant integer := current_setting('server_version_num')::integer / 10000;
    installed constant text := (SELECT e.extversion FROM pg_catalog.pg_extension AS e WHERE e.extname = 'vector');
    available constant text :=
        (SELECT a.default_version FROM pg_catalog.pg_available_extensions AS a WHERE a.name = 'vector');
BEGIN
    IF major < 15 THEN
        RAISE EXCEPTION 'this schema needs PostgreSQL 15 or later; this server is %',
            current_setting('server_version')
            USING ERRCODE = 'feature_not_supported';
    END IF;

    IF installed IS NULL AND available IS NULL THEN
        RAISE EXCEPTION 'this schema needs the extension "vector" (pgvector 0.8 or later), which this server does '
            'not offer'
            USING ERRCODE = 'feature_not_supported',
                HINT = format('Install the package postgresql-%s-pgvector on the server (where the distribution has '
                    'none for PostgreSQL %s, the PostgreSQL project''s own apt repository does), then apply the '
                    'schema again.', major, major);
    END IF;

    -- Iterative index scans, without which a search filtered by tenant finds too little, came with 0.8.
    IF string_to_array(substring(coalesce(installed, available) FROM '^\d+(?:\.\d+)*'), '.')::integer[]
        < ARRAY[0, 8] THEN
        RAISE EXCEPTION 'this schema needs pgvector 0.8 or later; this database would use %',
            coalesce(installed, available)
            USING ERRCODE = 'feature_not_supported',
                HINT = format('Upgrade the package postgresql-%s-pgvector on the server%s.', major,
                    CASE WHEN installed IS NOT NULL THEN ', then run: ALTER EXTENSION vector UPDATE' ELSE '' END);
    END IF;
END
$$;
