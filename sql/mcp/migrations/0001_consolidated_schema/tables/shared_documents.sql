CREATE TABLE mcp.shared_documents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    title varchar(500) NOT NULL,
    content_type varchar(100) NOT NULL DEFAULT 'text/plain',
    content text NOT NULL DEFAULT '',
    size_bytes bigint NOT NULL GENERATED ALWAYS AS (octet_length(content)) STORED,
    version bigint NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_by varchar(255),
    updated_by varchar(255),
    locked_by varchar(255),
    lock_expires_at timestamptz,
    metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT shared_documents_lock CHECK ((locked_by IS NULL) = (lock_expires_at IS NULL)),
    FOREIGN KEY (workspace_id, tenant_id) REFERENCES mcp.workspaces (id, tenant_id) ON DELETE CASCADE,
    -- What operations and conflicts refer to, so that none can belong to another tenant than its document.
    UNIQUE (id, tenant_id)
);
ALTER TABLE mcp.shared_documents OWNER TO mcp_owner;
REVOKE ALL ON mcp.shared_documents FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.shared_documents TO mcp_application;
GRANT SELECT ON mcp.shared_documents TO mcp_readonly;

ALTER TABLE mcp.shared_documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.shared_documents
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX shared_documents_workspace_idx ON mcp.shared_documents (workspace_id, tenant_id, created_at DESC);
CREATE INDEX shared_documents_tenant_idx ON mcp.shared_documents (tenant_id, updated_at DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX shared_documents_lock_expiry_idx ON mcp.shared_documents (lock_expires_at)
    WHERE lock_expires_at IS NOT NULL;

CREATE TRIGGER shared_documents_updated_at BEFORE UPDATE ON mcp.shared_documents
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER shared_documents_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.shared_documents
    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change('content');

COMMENT ON TABLE mcp.shared_documents IS
    'Documents that the members of a workspace write together. A trigger keeps them within the workspace''s limits.';
COMMENT ON COLUMN mcp.shared_documents.id IS 'Key.';
COMMENT ON COLUMN mcp.shared_documents.tenant_id IS
    'Whose row it is, as of the workspace; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.shared_documents.workspace_id IS 'The workspace.';
COMMENT ON COLUMN mcp.shared_documents.title IS 'One line.';
COMMENT ON COLUMN mcp.shared_documents.content_type IS 'Media type of the content.';
COMMENT ON COLUMN mcp.shared_documents.content IS 'The text as it stands.';
COMMENT ON COLUMN mcp.shared_documents.size_bytes IS
    'Bytes of the content: what the workspace''s storage counts, whatever their size on disk.';
COMMENT ON COLUMN mcp.shared_documents.version IS 'Counted up by the platform with each change of the content.';
COMMENT ON COLUMN mcp.shared_documents.created_by IS 'The agent or user that made it.';
COMMENT ON COLUMN mcp.shared_documents.updated_by IS 'The agent or user that changed it last.';
COMMENT ON COLUMN mcp.shared_documents.locked_by IS 'The agent or user that writes alone for now; NULL for nobody.';
COMMENT ON COLUMN mcp.shared_documents.lock_expires_at IS 'When that ends by itself.';
COMMENT ON COLUMN mcp.shared_documents.metadata IS 'A JSON object of the writer''s.';
COMMENT ON COLUMN mcp.shared_documents.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.shared_documents.updated_at IS 'When the row was last changed; kept by a trigger.';
COMMENT ON COLUMN mcp.shared_documents.deleted_at IS
    'When the platform deleted it; NULL while it has not. A deleted document is not counted, and its return is.';
COMMENT ON TRIGGER shared_documents_audit ON mcp.shared_documents IS
    'Without the content, which may be of any length: that it changed is told, and size_bytes before and after.';
