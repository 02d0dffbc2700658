-- SECURITY DEFINER: up to PostgreSQL 16 only the owner may refresh, and the caller needs no more than EXECUTE.
-- row_security = off: a policy that binds the owner (FORCE) is an error, not an empty result.
CREATE FUNCTION mcp.refresh_cost_analytics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
BEGIN
    IF (SELECT c.relispopulated FROM pg_class AS c WHERE c.oid = 'mcp.agent_cost_analytics'::regclass) THEN
        REFRESH MATERIALIZED VIEW CONCURRENTLY mcp.agent_cost_analytics;
    ELSE
        REFRESH MATERIALIZED VIEW mcp.agent_cost_analytics;
    END IF;
END
$$;
ALTER FUNCTION mcp.refresh_cost_analytics() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.refresh_cost_analytics() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.refresh_cost_analytics() IS
    'Brings agent_cost_analytics up to date without blocking its readers. Two calls wait for each other.';
