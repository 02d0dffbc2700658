-- The schema may stand already: an administrator made it for an owner who may create none, or an older release did.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'mcp') THEN
        CREATE SCHEMA mcp;
    END IF;
    IF (SELECT n.nspowner::regrole::text FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'mcp') <> 'mcp_owner' THEN
        ALTER SCHEMA mcp OWNER TO mcp_owner;
    END IF;
END
$$;
GRANT USAGE ON SCHEMA mcp TO mcp_application, mcp_readonly;

COMMENT ON SCHEMA mcp IS
    'The platform for AI agents: embeddings, their search statistics, their cost, and the audit trail. '
    'Every table with a tenant_id is bound by row-level security to the setting app.current_tenant.';
