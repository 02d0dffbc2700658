-- The schema may stand already (an administrator made it, or an older release of the platform did).
CREATE SCHEMA IF NOT EXISTS mcp;
ALTER SCHEMA mcp OWNER TO mcp_owner;
GRANT USAGE ON SCHEMA mcp TO mcp_application, mcp_readonly;

COMMENT ON SCHEMA mcp IS
    'The platform for AI agents: embeddings, their search statistics, their cost, and the audit trail. '
    'Every table with a tenant_id is bound by row-level security to the setting app.current_tenant.';
