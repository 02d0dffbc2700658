CREATE TABLE mcp.workspace_members (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    agent_id varchar(255),
    user_id uuid,
    role mcp.member_role NOT NULL DEFAULT 'viewer',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT workspace_members_one_kind CHECK (num_nonnulls(agent_id, user_id) = 1),
    FOREIGN KEY (workspace_id, tenant_id) REFERENCES mcp.workspaces (id, tenant_id) ON DELETE CASCADE
);
ALTER TABLE mcp.workspace_members OWNER TO mcp_owner;
REVOKE ALL ON mcp.workspace_members FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON mcp.workspace_members TO mcp_application;
GRANT SELECT ON mcp.workspace_members TO mcp_readonly;

ALTER TABLE mcp.workspace_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.workspace_members
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX workspace_members_workspace_idx ON mcp.workspace_members (workspace_id, tenant_id);
CREATE UNIQUE INDEX workspace_members_agent_idx ON mcp.workspace_members (tenant_id, agent_id, workspace_id)
    WHERE agent_id IS NOT NULL;
CREATE UNIQUE INDEX workspace_members_user_idx ON mcp.workspace_members (tenant_id, user_id, workspace_id)
    WHERE user_id IS NOT NULL;

CREATE TRIGGER workspace_members_updated_at BEFORE UPDATE ON mcp.workspace_members
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();

COMMENT ON TABLE mcp.workspace_members IS
    'Who works in a workspace: an agent or a user a row. A trigger keeps them within max_members.';
COMMENT ON COLUMN mcp.workspace_members.id IS 'Key.';
COMMENT ON COLUMN mcp.workspace_members.tenant_id IS
    'Whose row it is, as of the workspace; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.workspace_members.workspace_id IS 'The workspace.';
COMMENT ON COLUMN mcp.workspace_members.agent_id IS 'The agent; NULL for a user. Once in a workspace.';
COMMENT ON COLUMN mcp.workspace_members.user_id IS 'The user; NULL for an agent. Once in a workspace.';
COMMENT ON COLUMN mcp.workspace_members.role IS 'What the member may do there.';
COMMENT ON COLUMN mcp.workspace_members.created_at IS 'When the row was made: when the member joined.';
COMMENT ON COLUMN mcp.workspace_members.updated_at IS 'When the row was last changed; kept by a trigger.';
COMMENT ON CONSTRAINT workspace_members_one_kind ON mcp.workspace_members IS 'A member is an agent or a user.';
