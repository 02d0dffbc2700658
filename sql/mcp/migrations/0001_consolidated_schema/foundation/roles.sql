-- The three group roles of the schema. Roles belong to the whole cluster, so each is made only where it is missing,
-- and one that another database's migration makes at the same moment is as good as ours.
DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT *
        FROM (VALUES
            ('mcp_owner', 'Owns everything in schema mcp; row-level security does not bind it. Nobody logs in as it: '
                'the maintenance role is a member.'),
            ('mcp_application', 'What the platform''s programs are members of: reads and writes rows of the tenant '
                'named by the setting app.current_tenant.'),
            ('mcp_readonly', 'What reports are members of: reads rows of the tenant named by the setting '
                'app.current_tenant.')
        ) AS roles (name, purpose)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = wanted.name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted.name);
                EXECUTE format('COMMENT ON ROLE %I IS %L', wanted.name, wanted.purpose);
                INSERT INTO pgtend.created_objects (kind, name) VALUES ('role', wanted.name)
                ON CONFLICT DO NOTHING;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                RAISE DEBUG 'role % was made meanwhile by another session', wanted.name;
            END;
        END IF;
    END LOOP;
END
$$;
