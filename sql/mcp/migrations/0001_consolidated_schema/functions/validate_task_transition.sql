-- SECURITY DEFINER: whoever moves a task may not write its history themselves, and cannot leave it unwritten.
-- The history is written before the row is, and not after: a row that moves to another partition fires no
-- AFTER UPDATE trigger. Whatever refuses the row later takes the history back with it.
CREATE FUNCTION mcp.validate_task_transition() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    allowed constant mcp.task_status[] := CASE OLD.status
        WHEN 'pending' THEN ARRAY['assigned', 'cancelled']
        WHEN 'assigned' THEN ARRAY['pending', 'in_progress', 'delegated', 'failed', 'cancelled']
        WHEN 'in_progress' THEN ARRAY['completed', 'failed', 'delegated', 'cancelled']
        WHEN 'delegated' THEN ARRAY['assigned', 'in_progress', 'completed', 'failed', 'cancelled']
        WHEN 'failed' THEN ARRAY['pending']
        ELSE ARRAY[]::text[]
    END::mcp.task_status[];
BEGIN
    IF NEW.status = OLD.status THEN
        RETURN NEW;
    END IF;

    IF NEW.status <> ALL (allowed) THEN
        RAISE EXCEPTION 'task % cannot move from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', SCHEMA = 'mcp', TABLE = 'tasks', COLUMN = 'status',
                CONSTRAINT = 'tasks_transition',
                DETAIL = CASE
                    WHEN cardinality(allowed) = 0 THEN format('%s is final.', OLD.status)
                    ELSE format('From %s it may move to %s.', OLD.status, array_to_string(allowed, ', '))
                END,
                HINT = CASE
                    WHEN cardinality(allowed) = 0 THEN 'Make a new task.'
                    ELSE 'Read its status again: another session may have moved it.'
                END;
    END IF;

    -- Of both numbers what they were: a statement cannot give itself another retry. Counting is the writer's.
    IF OLD.status = 'failed' THEN
        IF OLD.retry_count >= OLD.max_retries THEN
            RAISE EXCEPTION 'task % cannot move from failed to pending: % of % retries are used', OLD.id,
                OLD.retry_count, OLD.max_retries
                USING ERRCODE = 'check_violation', SCHEMA = 'mcp', TABLE = 'tasks', COLUMN = 'retry_count',
                    CONSTRAINT = 'tasks_retries',
                    DETAIL = 'From failed it may move to pending while retry_count is less than max_retries.',
                    HINT = 'Raise max_retries in a statement of its own first, or make a new task.';
        END IF;
    END IF;

    CASE NEW.status
        WHEN 'assigned' THEN
            IF NEW.assigned_at IS NOT DISTINCT FROM OLD.assigned_at THEN
                NEW.assigned_at := now();
            END IF;
        WHEN 'in_progress' THEN NEW.started_at := coalesce(NEW.started_at, now());
        WHEN 'completed' THEN NEW.completed_at := coalesce(NEW.completed_at, now());
        ELSE NULL;
    END CASE;

    INSERT INTO mcp.task_state_transitions (
        tenant_id, task_id, task_created_at, from_status, to_status, changed_by, created_at
    )
    VALUES (
        NEW.tenant_id, NEW.id, NEW.created_at, OLD.status, NEW.status,
        left(coalesce(nullif(current_setting('app.current_user', true), ''), session_user), 255), clock_timestamp()
    );
    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.validate_task_transition() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_task_transition() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_task_transition() IS
    'Trigger of tasks, BEFORE UPDATE: refuses a move that docs/mcp/schema.md does not list (23514, constraint '
    'tasks_transition) and a retry too many (tasks_retries), fills in assigned_at, started_at and completed_at, and '
    'writes the move to task_state_transitions.';

-- Whatever changed the status, even another trigger: UPDATE OF looks at what the statement names alone. An INSERT may
-- have any status, as a restore or an import has.
CREATE TRIGGER tasks_transition
    BEFORE UPDATE ON mcp.tasks
    FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION mcp.validate_task_transition();
COMMENT ON TRIGGER tasks_transition ON mcp.tasks IS
    'Lets a task move only as docs/mcp/schema.md lists, and records the move.';
