CREATE TABLE mcp.workspaces (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    name varchar(255) NOT NULL,
    description text,
    owner_id uuid,
    visibility mcp.workspace_visibility NOT NULL DEFAULT 'private',
    settings jsonb NOT NULL DEFAULT '{}',
    max_members integer CHECK (max_members >= 0),
    max_storage_bytes bigint CHECK (max_storage_bytes >= 0),
    current_storage_bytes bigint NOT NULL DEFAULT 0 CHECK (current_storage_bytes >= 0),
    max_documents integer CHECK (max_documents >= 0),
    current_documents integer NOT NULL DEFAULT 0 CHECK (current_documents >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    -- What members, documents and activities refer to, so that none can belong to another tenant than its workspace.
    UNIQUE (id, tenant_id)
);
ALTER TABLE mcp.workspaces OWNER TO mcp_owner;
REVOKE ALL ON mcp.workspaces FROM PUBLIC, mcp_application, mcp_readonly;
-- The counters are the quota trigger's alone: a program that wrote them would lift its own limits.
GRANT SELECT, DELETE,
    INSERT (id, tenant_id, name, description, owner_id, visibility, settings, max_members, max_storage_bytes,
        max_documents, created_at, updated_at, deleted_at),
    UPDATE (id, tenant_id, name, description, owner_id, visibility, settings, max_members, max_storage_bytes,
        max_documents, created_at, updated_at, deleted_at)
    ON mcp.workspaces TO mcp_application;
GRANT SELECT ON mcp.workspaces TO mcp_readonly;

ALTER TABLE mcp.workspaces ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.workspaces
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX workspaces_tenant_idx ON mcp.workspaces (tenant_id, created_at DESC);
CREATE INDEX workspaces_name_idx ON mcp.workspaces (tenant_id, name) WHERE deleted_at IS NULL;

CREATE TRIGGER workspaces_updated_at BEFORE UPDATE ON mcp.workspaces
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER workspaces_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.workspaces
    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change('-current_documents', '-current_storage_bytes');

COMMENT ON TABLE mcp.workspaces IS
    'Where agents and users of a tenant work together: members, documents, and limits for both.';
COMMENT ON COLUMN mcp.workspaces.id IS 'Key.';
COMMENT ON COLUMN mcp.workspaces.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.workspaces.name IS 'What its members call it.';
COMMENT ON COLUMN mcp.workspaces.description IS 'What it is for.';
COMMENT ON COLUMN mcp.workspaces.owner_id IS 'The user or agent that it belongs to.';
COMMENT ON COLUMN mcp.workspaces.visibility IS 'Who may find it.';
COMMENT ON COLUMN mcp.workspaces.settings IS 'What the platform keeps about it.';
COMMENT ON COLUMN mcp.workspaces.max_members IS 'How many members it may have; NULL for any number.';
COMMENT ON COLUMN mcp.workspaces.max_storage_bytes IS 'How many bytes its documents may have; NULL for any number.';
COMMENT ON COLUMN mcp.workspaces.current_storage_bytes IS
    'Bytes of its documents, without deleted ones; kept by a trigger of shared_documents.';
COMMENT ON COLUMN mcp.workspaces.max_documents IS 'How many documents it may have; NULL for any number.';
COMMENT ON COLUMN mcp.workspaces.current_documents IS
    'Number of its documents, without deleted ones; kept by a trigger of shared_documents.';
COMMENT ON COLUMN mcp.workspaces.created_at IS 'When the row was made.';
COMMENT ON COLUMN mcp.workspaces.updated_at IS
    'When the row, or what it counts, was last changed; kept by triggers.';
COMMENT ON COLUMN mcp.workspaces.deleted_at IS 'When the platform deleted it; NULL while it has not.';
COMMENT ON TRIGGER workspaces_audit ON mcp.workspaces IS
    'Not of the counters: a document that comes or goes has a row of its own in audit_log.';
