CREATE TABLE mcp.tasks (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    type varchar(100),
    status mcp.task_status NOT NULL DEFAULT 'pending',
    priority mcp.task_priority NOT NULL DEFAULT 'medium',
    created_by uuid,
    assigned_to uuid,
    parent_task_id uuid,
    parent_task_created_at timestamptz,
    title varchar(500) NOT NULL,
    description text,
    parameters jsonb NOT NULL DEFAULT '{}',
    result jsonb,
    error text,
    max_retries integer NOT NULL DEFAULT 3,
    retry_count integer NOT NULL DEFAULT 0,
    timeout_seconds integer,
    auto_escalate boolean NOT NULL DEFAULT false,
    escalation_timeout interval CHECK (escalation_timeout > interval '0'),
    max_delegations integer DEFAULT 5 CHECK (max_delegations >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    assigned_at timestamptz,
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
ALTER TABLE mcp.tasks OWNER TO mcp_owner;
REVOKE ALL ON mcp.tasks FROM PUBLIC, mcp_application, mcp_readonly;
GRANT SELECT, INSERT, UPDATE ON mcp.tasks TO mcp_application;
GRANT SELECT ON mcp.tasks TO mcp_readonly;

ALTER TABLE mcp.tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON mcp.tasks
    USING (tenant_id = (SELECT mcp.current_tenant_id()))
    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));

CREATE INDEX tasks_tenant_idx ON mcp.tasks (tenant_id, created_at DESC);
CREATE INDEX tasks_list_idx ON mcp.tasks (tenant_id, assigned_to, status) INCLUDE (title, priority, created_at);
CREATE INDEX tasks_unfinished_idx ON mcp.tasks (tenant_id, priority DESC, created_at)
    WHERE deleted_at IS NULL AND status IN ('pending', 'assigned', 'in_progress', 'delegated');
CREATE INDEX tasks_escalation_idx ON mcp.tasks (assigned_at)
    WHERE auto_escalate AND deleted_at IS NULL AND status IN ('assigned', 'in_progress', 'delegated');
CREATE INDEX tasks_parent_idx ON mcp.tasks (parent_task_id, parent_task_created_at) WHERE parent_task_id IS NOT NULL;

CREATE TRIGGER tasks_updated_at BEFORE UPDATE ON mcp.tasks
    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
CREATE TRIGGER tasks_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.tasks
    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change();

COMMENT ON TABLE mcp.tasks IS
    'What agents are to do. Partitioned by month of created_at, in UTC: whatever refers to a task names both id and '
    'created_at. The platform deletes by deleted_at; retention drops months.';
COMMENT ON COLUMN mcp.tasks.id IS 'Key, together with created_at.';
COMMENT ON COLUMN mcp.tasks.tenant_id IS 'Whose row it is; row-level security binds readers to it.';
COMMENT ON COLUMN mcp.tasks.type IS 'What kind of task it is, as its writer names it.';
COMMENT ON COLUMN mcp.tasks.status IS 'Where it stands. A trigger refuses a move that docs/mcp/schema.md does not list.';
COMMENT ON COLUMN mcp.tasks.priority IS 'How urgent it is.';
COMMENT ON COLUMN mcp.tasks.created_by IS 'The user or agent that wants it done.';
COMMENT ON COLUMN mcp.tasks.assigned_to IS 'The agent that is to do it; NULL while nobody is.';
COMMENT ON COLUMN mcp.tasks.parent_task_id IS
    'The task that it is a part of. No foreign key: it would keep retention from dropping the parent''s month.';
COMMENT ON COLUMN mcp.tasks.parent_task_created_at IS 'created_at of that task.';
COMMENT ON COLUMN mcp.tasks.title IS 'One line. It stands in a covering index, whose rows are limited in length.';
COMMENT ON COLUMN mcp.tasks.description IS 'More than a line, where there is more to say.';
COMMENT ON COLUMN mcp.tasks.parameters IS 'What the agent is given.';
COMMENT ON COLUMN mcp.tasks.result IS 'What came of it; NULL while nothing has.';
COMMENT ON COLUMN mcp.tasks.error IS 'What went wrong the last time, where something did.';
COMMENT ON COLUMN mcp.tasks.max_retries IS 'How often a failed task may become pending again.';
COMMENT ON COLUMN mcp.tasks.retry_count IS
    'How often it did. Whoever moves it from failed to pending counts it up; nothing else does.';
COMMENT ON COLUMN mcp.tasks.timeout_seconds IS 'How long one attempt may take; NULL for as long as it needs.';
COMMENT ON COLUMN mcp.tasks.auto_escalate IS 'Whether the platform is to escalate it after escalation_timeout.';
COMMENT ON COLUMN mcp.tasks.escalation_timeout IS 'How long after assigned_at; NULL for the platform''s default.';
COMMENT ON COLUMN mcp.tasks.max_delegations IS
    'How often it may be delegated, whatever became of each delegation; NULL for any number.';
COMMENT ON COLUMN mcp.tasks.created_at IS 'When the row was made. It decides the partition, so it stays as it is.';
COMMENT ON COLUMN mcp.tasks.assigned_at IS
    'When it was last assigned; set by a trigger at each such move whose statement does not set it.';
COMMENT ON COLUMN mcp.tasks.started_at IS
    'When it was first in progress; filled in by a trigger where the writer leaves it NULL.';
COMMENT ON COLUMN mcp.tasks.completed_at IS
    'When it was completed; filled in by a trigger where the writer leaves it NULL.';
COMMENT ON COLUMN mcp.tasks.updated_at IS 'When the row was last changed; kept by a trigger.';
COMMENT ON COLUMN mcp.tasks.deleted_at IS 'When the platform deleted it; NULL while it has not.';
COMMENT ON INDEX mcp.tasks_list_idx IS
    'The task list of an agent is read from it alone. A reader who leaves out deleted tasks reads the rows as well.';
COMMENT ON INDEX mcp.tasks_escalation_idx IS 'What the platform looks through for tasks to escalate, of all tenants.';
