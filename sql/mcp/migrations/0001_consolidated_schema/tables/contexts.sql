CREATE TABLE mcp.contexts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    agent_id varchar(255),
    model_id uuid,
    session_id varchar(255),
    token_count integer NOT NULL DEFAULT 0,
    max_tokens integer,
    metadata jsonb NOT NULL DEFAULT '{}',
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, id)
);
ALTER TABLE mcp.contexts OWNER TO mcp_owner;
REVOKE ALL ON mcp.contexts FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.contexts TO mcp_application;
GRANT SELECT ON mcp.contexts TO mcp_readonly;

ALTER TABLE mcp.contexts ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.contexts
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX contexts_tenant_agent_idx ON mcp.contexts (tenant_id, agent_id, updated_at DESC);
CREATE INDEX contexts_tenant_session_idx ON mcp.contexts (tenant_id, session_id) WHERE session_id IS NOT NULL;
CREATE INDEX contexts_model_idx ON mcp.contexts (model_id);
CREATE INDEX contexts_expires_at_idx ON mcp.contexts (expires_at) WHERE expires_at IS NOT NULL;

CREATE TRIGGER contexts_updated_at BEFORE UPDATE ON mcp.contexts
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.contexts IS 'What an agent has in mind: the head of a list of context_items.';
COMMENT ON COLUMN mcp.contexts.id IS 'Key.';
COMMENT ON COLUMN mcp.contexts.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.contexts.agent_id IS 'The agent whose context it is, as embeddings.agent_id names it.';
COMMENT ON COLUMN mcp.contexts.model_id IS 'The language model that it is kept for. A note, no foreign key.';
COMMENT ON COLUMN mcp.contexts.session_id IS 'The conversation that it belongs to, as the platform names it.';
COMMENT ON COLUMN mcp.contexts.token_count IS 'Tokens of its items together, as its writer counts.';
COMMENT ON COLUMN mcp.contexts.max_tokens IS 'How many tokens it may have; NULL where the model decides.';
COMMENT ON COLUMN mcp.contexts.metadata IS 'A JSON object of the writer''s.';
COMMENT ON COLUMN mcp.contexts.expires_at IS 'From this instant on it may be removed; NULL for one that is kept.';
COMMENT ON COLUMN mcp.contexts.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.contexts.updated_at IS 'When the row was last changed; kept by a trigger.';
