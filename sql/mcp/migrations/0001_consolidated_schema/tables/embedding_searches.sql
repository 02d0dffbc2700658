CREATE TABLE mcp.embedding_searches (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    agent_id varchar(255),
    query_text text,
    model_id uuid REFERENCES mcp.embedding_models (id),
    method varchar(20) NOT NULL CHECK (method IN ('text', 'vector', 'hybrid')),
    filters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(filters) = 'object'),
    results jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(results) = 'array'),
    latency_ms integer CHECK (latency_ms >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE mcp.embedding_searches OWNER TO mcp_owner;
REVOKE ALL ON mcp.embedding_searches FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, DELETE ON mcp.embedding_searches TO mcp_application;
GRANT SELECT ON mcp.embedding_searches TO mcp_readonly;

ALTER TABLE mcp.embedding_searches ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embedding_searches
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX embedding_searches_tenant_idx ON mcp.embedding_searches (tenant_id, created_at DESC);
CREATE INDEX embedding_searches_model_idx ON mcp.embedding_searches (model_id);

COMMENT ON TABLE mcp.embedding_searches IS
    'A log of searches, written by the platform: search_embeddings() only reads.';
COMMENT ON COLUMN mcp.embedding_searches.id IS 'Key.';
COMMENT ON COLUMN mcp.embedding_searches.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.embedding_searches.agent_id IS 'The agent that searched.';
COMMENT ON COLUMN mcp.embedding_searches.query_text IS 'The text searched for; NULL where only a vector was given.';
COMMENT ON COLUMN mcp.embedding_searches.model_id IS
    'The model of the vector searched for; NULL for a search by text alone.';
COMMENT ON COLUMN mcp.embedding_searches.method IS 'How it was searched: text, vector or hybrid.';
COMMENT ON COLUMN mcp.embedding_searches.filters IS 'What narrowed the search, a JSON object.';
COMMENT ON COLUMN mcp.embedding_searches.results IS
    'What was found, best first: a JSON array, as the platform writes it.';
COMMENT ON COLUMN mcp.embedding_searches.latency_ms IS 'How long the search took, in milliseconds.';
COMMENT ON COLUMN mcp.embedding_searches.created_at IS 'When it was searched.';
