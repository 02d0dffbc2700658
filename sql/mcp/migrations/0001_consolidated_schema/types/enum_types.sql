-- Values stand in the order in which they compare: tasks by priority, members by what they may do.
CREATE TYPE mcp.task_status AS ENUM (
    'pending', 'assigned', 'in_progress', 'completed', 'failed', 'cancelled', 'delegated'
);
CREATE TYPE mcp.task_priority AS ENUM ('low', 'medium', 'high', 'critical');
CREATE TYPE mcp.workflow_type AS ENUM (
    'sequential', 'parallel', 'conditional', 'loop', 'map_reduce', 'scatter_gather'
);
CREATE TYPE mcp.workflow_status AS ENUM ('draft', 'active', 'paused', 'completed', 'failed', 'archived');
CREATE TYPE mcp.delegation_type AS ENUM ('handoff', 'collaboration', 'supervision', 'consultation');
CREATE TYPE mcp.workspace_visibility AS ENUM ('private', 'team', 'organization', 'public');
CREATE TYPE mcp.member_role AS ENUM ('viewer', 'contributor', 'moderator', 'admin', 'owner');

ALTER TYPE mcp.task_status OWNER TO mcp_owner;
ALTER TYPE mcp.task_priority OWNER TO mcp_owner;
ALTER TYPE mcp.workflow_type OWNER TO mcp_owner;
ALTER TYPE mcp.workflow_status OWNER TO mcp_owner;
ALTER TYPE mcp.delegation_type OWNER TO mcp_owner;
ALTER TYPE mcp.workspace_visibility OWNER TO mcp_owner;
ALTER TYPE mcp.member_role OWNER TO mcp_owner;

REVOKE ALL ON TYPE mcp.task_status, mcp.task_priority, mcp.workflow_type, mcp.workflow_status, mcp.delegation_type,
    mcp.workspace_visibility, mcp.member_role
    FROM PUBLIC, mcp_application, mcp_readonly;
GRANT USAGE ON TYPE mcp.task_status, mcp.task_priority, mcp.workflow_type, mcp.workflow_status, mcp.delegation_type,
    mcp.workspace_visibility, mcp.member_role
    TO PUBLIC;

COMMENT ON TYPE mcp.task_status IS 'Where a task stands. Completed and cancelled are final.';
COMMENT ON TYPE mcp.task_priority IS 'How urgent a task is, from least to most.';
COMMENT ON TYPE mcp.workflow_type IS 'How the steps of a workflow follow each other.';
COMMENT ON TYPE mcp.workflow_status IS 'Where a workflow stands.';
COMMENT ON TYPE mcp.delegation_type IS 'What an agent that delegates a task asks of the other.';
COMMENT ON TYPE mcp.workspace_visibility IS 'Who may find a workspace, from fewest to all of the tenant.';
COMMENT ON TYPE mcp.member_role IS 'What a member of a workspace may do, from least to most.';
