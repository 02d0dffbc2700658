-- pgvector stays where it is if the database has it already; otherwise it goes to public, where programs that use
-- its types without a schema find it, or beside the tables in a database without public.
DO $$
DECLARE
    home name;
    reader name;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'vector') THEN
        home := coalesce((SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public'), 'mcp');
        EXECUTE format('CREATE EXTENSION vector SCHEMA %I', home);
        INSERT INTO pgtend.created_objects (kind, name) VALUES ('extension', 'vector') ON CONFLICT DO NOTHING;
    END IF;

    SELECT n.nspname INTO STRICT home
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'vector';

    -- Whoever writes or compares a vector needs its type and operators.
    FOREACH reader IN ARRAY ARRAY['mcp_owner', 'mcp_application', 'mcp_readonly'] LOOP
        IF NOT has_schema_privilege(reader, home, 'USAGE') THEN
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', home, reader);
            INSERT INTO pgtend.created_objects (kind, name, detail) VALUES ('usage', home, reader)
            ON CONFLICT DO NOTHING;
        END IF;
    END LOOP;

    -- Trigram search is optional: without the extension its index is absent, and nothing else changes.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'pg_trgm')
        AND EXISTS (SELECT FROM pg_catalog.pg_available_extensions AS a WHERE a.name = 'pg_trgm')
    THEN
        BEGIN
            EXECUTE format('CREATE EXTENSION pg_trgm SCHEMA %I',
                coalesce((SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public'), 'mcp'));
            INSERT INTO pgtend.created_objects (kind, name) VALUES ('extension', 'pg_trgm') ON CONFLICT DO NOTHING;
        -- Whoever has something there of the name of one of its parts need not keep us from the rest.
        EXCEPTION WHEN insufficient_privilege OR duplicate_function OR duplicate_object THEN
            RAISE NOTICE 'extension "pg_trgm" is optional and was not made: %', SQLERRM;
        END;
    END IF;
END
$$;
