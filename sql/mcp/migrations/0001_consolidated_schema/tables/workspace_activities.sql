CREATE TABLE mcp.workspace_activities (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    actor varchar(255),
    activity_type varchar(100) NOT NULL,
    target_type varchar(100),
    target_id uuid,
    details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (workspace_id, tenant_id) REFERENCES mcp.workspaces (id, tenant_id) ON DELETE CASCADE
);
ALTER TABLE mcp.workspace_activities OWNER TO mcp_owner;
REVOKE ALL ON mcp.workspace_activities FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT ON mcp.workspace_activities TO mcp_application;
GRANT SELECT ON mcp.workspace_activities TO mcp_readonly;

ALTER TABLE mcp.workspace_activities ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.workspace_activities
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX workspace_activities_workspace_idx
    ON mcp.workspace_activities (workspace_id, tenant_id, created_at DESC);
CREATE INDEX workspace_activities_tenant_idx ON mcp.workspace_activities (tenant_id, created_at DESC);

COMMENT ON TABLE mcp.workspace_activities IS
    'What happened in a workspace, for its members to read. Rows are added, never changed.';
COMMENT ON COLUMN mcp.workspace_activities.id IS 'Key.';
COMMENT ON COLUMN mcp.workspace_activities.tenant_id IS
    'Whose row it is, as of the workspace; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.workspace_activities.workspace_id IS 'The workspace.';
COMMENT ON COLUMN mcp.workspace_activities.actor IS 'The agent or user that did it; NULL for the platform itself.';
COMMENT ON COLUMN mcp.workspace_activities.activity_type IS 'What was done, as the platform names it.';
COMMENT ON COLUMN mcp.workspace_activities.target_type IS 'What kind of thing it was done to.';
COMMENT ON COLUMN mcp.workspace_activities.target_id IS 'Key of that thing.';
COMMENT ON COLUMN mcp.workspace_activities.details IS 'A JSON object with more about it.';
COMMENT ON COLUMN mcp.workspace_activities.created_at IS 'When it was done.';
