CREATE TABLE mcp.document_operations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    document_id uuid NOT NULL,
    sequence_number bigint NOT NULL CHECK (sequence_number >= 1),
    operation_type varchar(50) NOT NULL,
    operation jsonb NOT NULL,
    vector_clock jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(vector_clock) = 'object'),
    author varchar(255),
    is_applied boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (document_id, tenant_id, sequence_number),
    FOREIGN KEY (document_id, tenant_id) REFERENCES mcp.shared_documents (id, tenant_id) ON DELETE CASCADE
);
ALTER TABLE mcp.document_operations OWNER TO mcp_owner;
REVOKE ALL ON mcp.document_operations FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE ON mcp.document_operations TO mcp_application;
GRANT SELECT ON mcp.document_operations TO mcp_readonly;

ALTER TABLE mcp.document_operations ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.document_operations
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX document_operations_tenant_idx ON mcp.document_operations (tenant_id, created_at DESC);
CREATE INDEX document_operations_pending_idx ON mcp.document_operations (document_id, sequence_number)
    WHERE NOT is_applied;

COMMENT ON TABLE mcp.document_operations IS
    'The changes of a shared document, in the order in which they are applied to it.';
COMMENT ON COLUMN mcp.document_operations.id IS 'Key.';
COMMENT ON COLUMN mcp.document_operations.tenant_id IS
    'Whose row it is, as of the document; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.document_operations.document_id IS 'The document.';
COMMENT ON COLUMN mcp.document_operations.sequence_number IS
    'Its place among the operations of the document, from 1. Two writers of one number: the second fails.';
COMMENT ON COLUMN mcp.document_operations.operation_type IS 'What is done, as the platform names it.';
COMMENT ON COLUMN mcp.document_operations.operation IS 'The operation itself.';
COMMENT ON COLUMN mcp.document_operations.vector_clock IS
    'A JSON object, author to the number of their operations that this one had seen.';
COMMENT ON COLUMN mcp.document_operations.author IS 'The agent or user that made it.';
COMMENT ON COLUMN mcp.document_operations.is_applied IS 'Whether the content of the document has it.';
COMMENT ON COLUMN mcp.document_operations.created_at IS 'When the row was made.';
