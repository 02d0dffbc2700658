-- The schema may stand already: an administrator made it for an owner who may create none, or an older release did.
DO $$
DECLARE
    purpose constant text :=
        'The platform for AI agents: embeddings, their search statistics, their cost, and the audit trail. '
        'Every table with a tenant_id is bound by row-level security to the setting app.current_tenant.';
    stands constant boolean := to_regnamespace('mcp') IS NOT NULL;
    former_owner name;
    former_comment text;
    reader name;
BEGIN
    IF NOT stands THEN
        CREATE SCHEMA mcp;
        INSERT INTO pgtend.created_objects (kind, name) VALUES ('schema', 'mcp') ON CONFLICT DO NOTHING;
    END IF;
    SELECT r.rolname, obj_description(n.oid, 'pg_namespace') INTO STRICT former_owner, former_comment
    FROM pg_catalog.pg_namespace AS n
    JOIN pg_catalog.pg_roles AS r ON r.oid = n.nspowner
    WHERE n.nspname = 'mcp';

    IF former_owner <> 'mcp_owner' THEN
        IF stands THEN
            INSERT INTO pgtend.created_objects (kind, name, detail) VALUES ('owner', 'mcp', former_owner)
            ON CONFLICT DO NOTHING;
        END IF;
        ALTER SCHEMA mcp OWNER TO mcp_owner;
    END IF;
    IF former_comment IS DISTINCT FROM purpose THEN
        IF stands THEN
            INSERT INTO pgtend.created_objects (kind, name, detail)
            VALUES ('comment', 'mcp', coalesce(former_comment, '')) ON CONFLICT DO NOTHING;
        END IF;
        EXECUTE format('COMMENT ON SCHEMA mcp IS %L', purpose);
    END IF;

    -- Rights that stand already, or that ALTER DEFAULT PRIVILEGES gives to what is new, are taken back, here as for
    -- every object: the rights are those that the migration grants, whatever the database was like before. Whoever
    -- may create in the schema could put functions beside those that search calls.
    REVOKE ALL ON SCHEMA mcp FROM PUBLIC;
    REVOKE CREATE ON SCHEMA mcp FROM mcp_application, mcp_readonly;
    REVOKE GRANT OPTION FOR USAGE ON SCHEMA mcp FROM mcp_application, mcp_readonly;
    FOREACH reader IN ARRAY ARRAY['mcp_application', 'mcp_readonly'] LOOP
        IF NOT EXISTS (
            SELECT
            FROM pg_catalog.pg_namespace AS n
            CROSS JOIN LATERAL aclexplode(n.nspacl) AS g
            WHERE n.nspname = 'mcp' AND g.privilege_type = 'USAGE' AND g.grantee = reader::regrole)
        THEN
            EXECUTE format('GRANT USAGE ON SCHEMA mcp TO %I', reader);
            INSERT INTO pgtend.created_objects (kind, name, detail) VALUES ('usage', 'mcp', reader)
            ON CONFLICT DO NOTHING;
        END IF;
    END LOOP;
END
$$;
