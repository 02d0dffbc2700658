-- Everything of embeddings but its vectors, which the next migration adds: their type lives wherever pgvector does.
CREATE TABLE mcp.embeddings (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    context_id uuid,
    content_index integer NOT NULL DEFAULT 0,
    chunk_index integer NOT NULL DEFAULT 0,
    content text NOT NULL,
    content_hash varchar(128),
    agent_id varchar(255),
    task_type varchar(50),
    model_id uuid REFERENCES mcp.embedding_models (id),
    model_provider varchar(50),
    model_name varchar(100),
    model_dimensions integer,
    magnitude double precision CHECK (magnitude >= 0),
    cost_usd numeric(10, 6) CHECK (cost_usd >= 0),
    generation_time_ms integer CHECK (generation_time_ms >= 0),
    content_tsvector tsvector,
    document_length integer CHECK (document_length >= 0),
    term_frequencies jsonb,
    idf_scores jsonb,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, id)
);
ALTER TABLE mcp.embeddings OWNER TO mcp_owner;
REVOKE ALL ON mcp.embeddings FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.embeddings TO mcp_application;
GRANT SELECT ON mcp.embeddings TO mcp_readonly;

ALTER TABLE mcp.embeddings ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.embeddings
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX embeddings_tenant_idx ON mcp.embeddings (tenant_id, created_at DESC);
CREATE INDEX embeddings_tenant_hash_idx ON mcp.embeddings (tenant_id, content_hash) WHERE content_hash IS NOT NULL;
CREATE INDEX embeddings_tenant_agent_idx ON mcp.embeddings (tenant_id, agent_id) WHERE agent_id IS NOT NULL;
CREATE INDEX embeddings_context_idx ON mcp.embeddings (tenant_id, context_id, content_index, chunk_index);
CREATE INDEX embeddings_model_idx ON mcp.embeddings (model_id);
CREATE INDEX embeddings_content_tsvector_idx ON mcp.embeddings USING gin (content_tsvector);

CREATE TRIGGER embeddings_updated_at BEFORE UPDATE ON mcp.embeddings
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.embeddings IS
    'Documents (chunks of content) of the tenants, with their vectors and what full-text search needs of them.';
COMMENT ON COLUMN mcp.embeddings.id IS 'Key.';
COMMENT ON COLUMN mcp.embeddings.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.embeddings.context_id IS 'The context that the content comes from. A note, no foreign key.';
COMMENT ON COLUMN mcp.embeddings.content_index IS 'Position of the content in its context, from 0.';
COMMENT ON COLUMN mcp.embeddings.chunk_index IS 'Position of the chunk in its content, from 0.';
COMMENT ON COLUMN mcp.embeddings.content IS 'The text.';
COMMENT ON COLUMN mcp.embeddings.content_hash IS 'Hash of the content, as its writer computes it.';
COMMENT ON COLUMN mcp.embeddings.agent_id IS 'The agent that wrote it.';
COMMENT ON COLUMN mcp.embeddings.task_type IS 'What kind of task the vector was made for, as its writer names it.';
COMMENT ON COLUMN mcp.embeddings.model_id IS
    'The model that made the vector; NULL while the row has none. Only rows of one model can be compared.';
COMMENT ON COLUMN mcp.embeddings.model_provider IS 'Provider of that model when the vector was made.';
COMMENT ON COLUMN mcp.embeddings.model_name IS 'Name of that model when the vector was made.';
COMMENT ON COLUMN mcp.embeddings.model_dimensions IS
    'How many dimensions of the vector are the model''s; the others are padding.';
COMMENT ON COLUMN mcp.embeddings.magnitude IS 'Euclidean length of the vector before it was normalised.';
COMMENT ON COLUMN mcp.embeddings.cost_usd IS 'What making the vector cost, in US dollars.';
COMMENT ON COLUMN mcp.embeddings.generation_time_ms IS 'How long making the vector took, in milliseconds.';
COMMENT ON COLUMN mcp.embeddings.content_tsvector IS
    'The content''s lexemes and positions by the configuration pg_catalog.english; kept by a trigger.';
COMMENT ON COLUMN mcp.embeddings.document_length IS 'Number of positions in content_tsvector; kept by a trigger.';
COMMENT ON COLUMN mcp.embeddings.term_frequencies IS
    'A JSON object, lexeme to its number of positions in content_tsvector; kept by a trigger.';
COMMENT ON COLUMN mcp.embeddings.idf_scores IS
    'Always NULL: an inverse document frequency stored with a document is stale at the next insert. It is computed '
    'on read from embedding_term_statistics.';
COMMENT ON COLUMN mcp.embeddings.metadata IS
    'A JSON object of the writer''s. The key content_tsvector_truncated is the trigger''s: true when the content was '
    'too long for a tsvector and content_tsvector holds only its beginning. What is no object has no such key.';
COMMENT ON COLUMN mcp.embeddings.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.embeddings.updated_at IS 'When the row was last changed; kept by a trigger.';
