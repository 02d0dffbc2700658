-- The view reads with its owner's rights (no security_invoker): its readers have no grant on the materialized view.
-- security_barrier keeps a reader's own functions from seeing rows before the tenant's condition has dropped them.
CREATE VIEW mcp.tenant_agent_cost_analytics WITH (security_barrier) AS
SELECT
    a.tenant_id, a.agent_id, a.day, a.model_provider, a.model_name, a.request_count, a.total_tokens, a.total_cost,
    a.avg_latency, a.error_rate, a.fallback_rate
FROM mcp.agent_cost_analytics AS a
WHERE a.tenant_id = (SELECT mcp.current_tenant_id());
ALTER VIEW mcp.tenant_agent_cost_analytics OWNER TO mcp_owner;
REVOKE ALL ON mcp.tenant_agent_cost_analytics FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT ON mcp.tenant_agent_cost_analytics TO mcp_application, mcp_readonly;

COMMENT ON VIEW mcp.tenant_agent_cost_analytics IS
    'agent_cost_analytics for the tenant of the session (the setting app.current_tenant).';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.tenant_id IS 'The tenant of the session.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.agent_id IS 'The agent; empty for requests without one.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.day IS 'The UTC date of the requests.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.model_provider IS 'The provider that was asked first.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.model_name IS 'The model that was asked for.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.request_count IS 'Number of requests.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.total_tokens IS 'Sum of their tokens.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.total_cost IS 'Sum of their cost in US dollars.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.avg_latency IS 'Average of their total_latency_ms, where known.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.error_rate IS 'Share that ended in failure or timeout, 0 to 1.';
COMMENT ON COLUMN mcp.tenant_agent_cost_analytics.fallback_rate IS 'Share that another provider answered, 0 to 1.';
