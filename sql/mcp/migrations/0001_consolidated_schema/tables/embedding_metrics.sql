CREATE TABLE mcp.embedding_metrics (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    agent_id varchar(255),
    model_provider varchar(50) NOT NULL,
    model_name varchar(100) NOT NULL,
    model_dimensions integer CHECK (model_dimensions BETWEEN 1 AND 4096),
    request_id uuid,
    token_count integer CHECK (token_count >= 0),
    total_latency_ms integer CHECK (total_latency_ms >= 0),
    provider_latency_ms integer CHECK (provider_latency_ms >= 0),
    normalization_latency_ms integer CHECK (normalization_latency_ms >= 0),
    cost_usd numeric(10, 6) CHECK (cost_usd >= 0),
    status varchar(20) NOT NULL CHECK (status IN ('success', 'failure', 'timeout', 'fallback')),
    error_message text,
    retry_count integer NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
    final_provider varchar(50),
    "timestamp" timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, "timestamp")
) PARTITION BY RANGE ("timestamp");
ALTER TABLE mcp.embedding_metrics OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_metrics FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT ON mcp.embedding_metrics TO mcp_application;
GRANT SELECT ON mcp.embedding_metrics TO mcp_readonly;

ALTER TABLE mcp.embedding_metrics ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embedding_metrics
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX embedding_metrics_tenant_idx ON mcp.embedding_metrics (tenant_id, "timestamp" DESC);
CREATE INDEX embedding_metrics_tenant_agent_idx ON mcp.embedding_metrics (tenant_id, agent_id, "timestamp" DESC);
CREATE INDEX embedding_metrics_trouble_idx ON mcp.embedding_metrics (tenant_id, "timestamp" DESC)
    INCLUDE (model_provider, model_name, status) WHERE status <> 'success';
CREATE INDEX embedding_metrics_timestamp_idx ON mcp.embedding_metrics USING brin ("timestamp");

COMMENT ON TABLE mcp.embedding_metrics IS
    'One row a request to an embedding provider. Partitioned by month of "timestamp", in UTC.';
COMMENT ON COLUMN mcp.embedding_metrics.id IS 'Key, together with "timestamp".';
COMMENT ON COLUMN mcp.embedding_metrics.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.embedding_metrics.agent_id IS 'The agent that asked; NULL when no agent did.';
COMMENT ON COLUMN mcp.embedding_metrics.model_provider IS 'The provider that was asked first.';
COMMENT ON COLUMN mcp.embedding_metrics.model_name IS 'The model that was asked for.';
COMMENT ON COLUMN mcp.embedding_metrics.model_dimensions IS 'Dimensions of the vectors that were asked for.';
COMMENT ON COLUMN mcp.embedding_metrics.request_id IS 'The request, as the platform''s other logs name it.';
COMMENT ON COLUMN mcp.embedding_metrics.token_count IS 'Tokens of the input.';
COMMENT ON COLUMN mcp.embedding_metrics.total_latency_ms IS 'From request to answer, in milliseconds.';
COMMENT ON COLUMN mcp.embedding_metrics.provider_latency_ms IS 'The provider''s share of it, in milliseconds.';
COMMENT ON COLUMN mcp.embedding_metrics.normalization_latency_ms IS
    'The share of normalising the vector, in milliseconds.';
COMMENT ON COLUMN mcp.embedding_metrics.cost_usd IS 'What the request cost, in US dollars.';
COMMENT ON COLUMN mcp.embedding_metrics.status IS
    'How it ended: success, failure, timeout, or fallback (another provider answered).';
COMMENT ON COLUMN mcp.embedding_metrics.error_message IS 'What went wrong, where something did.';
COMMENT ON COLUMN mcp.embedding_metrics.retry_count IS 'How often it was tried again.';
COMMENT ON COLUMN mcp.embedding_metrics.final_provider IS 'The provider that answered, where one did.';
COMMENT ON COLUMN mcp.embedding_metrics."timestamp" IS 'When the request was made.';
