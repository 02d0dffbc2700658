-- Everything belongs to the role that the platform's programs log in as; it is named by the setting drifted.owner.
DO $$
DECLARE
    owner constant name := current_setting('drifted.owner');
    statement text;
BEGIN
    EXECUTE format('CREATE ROLE %I LOGIN', owner);
    EXECUTE format('GRANT CREATE ON DATABASE %I TO %I', current_database(), owner);
    EXECUTE format('ALTER SCHEMA mcp OWNER TO %I', owner);
    FOR statement IN
        SELECT format('ALTER TABLE %s OWNER TO %I', c.oid::regclass, owner) FROM pg_class AS c
        WHERE c.relkind IN ('r', 'p', 'v')
            AND (c.relnamespace = 'mcp'::regnamespace OR c.oid = 'public.schema_migrations'::regclass)
        UNION ALL
        SELECT format('ALTER FUNCTION %s OWNER TO %I', p.oid::regprocedure, owner) FROM pg_proc AS p
        WHERE p.pronamespace = 'mcp'::regnamespace
        UNION ALL
        SELECT format('ALTER TYPE %s OWNER TO %I', t.oid::regtype, owner) FROM pg_type AS t
        WHERE t.typnamespace = 'mcp'::regnamespace AND t.typtype = 'e'
    LOOP
        EXECUTE statement;
    END LOOP;
END
$$;
