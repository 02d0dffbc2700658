-- Days and their window are those of UTC, whatever the zone of whoever refreshes or reads: now() is turned into a
-- UTC timestamp before it is truncated. Sums are exact (bigint, numeric), and so are the rates.
CREATE MATERIALIZED VIEW mcp.agent_cost_analytics AS
SELECT
    m.tenant_id,
    coalesce(m.agent_id, '') AS agent_id,
    (m."timestamp" AT TIME ZONE 'UTC')::date AS day,
    coalesce(m.model_provider, '') AS model_provider,
    coalesce(m.model_name, '') AS model_name,
    count(*) AS request_count,
    coalesce(sum(m.token_count), 0) AS total_tokens,
    coalesce(sum(m.cost_usd), 0) AS total_cost,
    avg(m.total_latency_ms) AS avg_latency,
    (count(*) FILTER (WHERE m.status IN ('failure', 'timeout')))::numeric / count(*) AS error_rate,
    (count(*) FILTER (WHERE m.status = 'fallback'))::numeric / count(*) AS fallback_rate
FROM mcp.embedding_metrics AS m
WHERE m."timestamp" >= (date_trunc('day', now() AT TIME ZONE 'UTC') - interval '29 days') AT TIME ZONE 'UTC'
    AND m."timestamp" < (date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC'
GROUP BY 1, 2, 3, 4, 5;
ALTER MATERIALIZED VIEW mcp.agent_cost_analytics OWNER TO mcp_owner;
REVOKE ALL ON mcp.agent_cost_analytics FROM PUBLIC, mcp_application, mcp_readonly;

CREATE UNIQUE INDEX agent_cost_analytics_key
    ON mcp.agent_cost_analytics (tenant_id, agent_id, day, model_provider, model_name);

COMMENT ON MATERIALIZED VIEW mcp.agent_cost_analytics IS
    'What each agent asked of each model on each day, and what it cost: the 30 whole UTC days up to and including '
    'the day of the last refresh. Row-level security cannot stand on it, so application roles have no grant; tenants '
    'read tenant_agent_cost_analytics.';
COMMENT ON COLUMN mcp.agent_cost_analytics.tenant_id IS 'The tenant.';
COMMENT ON COLUMN mcp.agent_cost_analytics.agent_id IS 'The agent; empty, never NULL, for requests without one.';
COMMENT ON COLUMN mcp.agent_cost_analytics.day IS 'The UTC date of the requests.';
COMMENT ON COLUMN mcp.agent_cost_analytics.model_provider IS 'The provider that was asked first.';
COMMENT ON COLUMN mcp.agent_cost_analytics.model_name IS 'The model that was asked for.';
COMMENT ON COLUMN mcp.agent_cost_analytics.request_count IS 'Number of requests.';
COMMENT ON COLUMN mcp.agent_cost_analytics.total_tokens IS 'Sum of their tokens; unknown ones count as 0.';
COMMENT ON COLUMN mcp.agent_cost_analytics.total_cost IS 'Sum of their cost in US dollars; unknown ones count as 0.';
COMMENT ON COLUMN mcp.agent_cost_analytics.avg_latency IS
    'Average of their total_latency_ms where it is known; NULL when it is known of none.';
COMMENT ON COLUMN mcp.agent_cost_analytics.error_rate IS 'Share of requests that ended in failure or timeout, 0 to 1.';
COMMENT ON COLUMN mcp.agent_cost_analytics.fallback_rate IS
    'Share of requests that another provider answered, 0 to 1.';
