-- SECURITY DEFINER: whoever delegates may not write the history themselves, and cannot leave it unwritten. It runs
-- after the row was checked against the policies, and takes no task but one of the row's own tenant, which
-- validate_delegated_task() has refused before.
CREATE FUNCTION mcp.validate_task_delegation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
    allowed integer;
    present bigint;
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.task_id, NEW.task_created_at, NEW.tenant_id)
        IS DISTINCT FROM (OLD.task_id, OLD.task_created_at, OLD.tenant_id)
    THEN
        -- Locks the task, so that two sessions count one after the other; and changes it, so that under REPEATABLE
        -- READ the second fails (40001) instead of counting what its old snapshot shows.
        UPDATE mcp.tasks AS t SET updated_at = now()
        WHERE t.id = NEW.task_id AND t.created_at = NEW.task_created_at AND t.tenant_id = NEW.tenant_id
        RETURNING t.max_delegations INTO allowed;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'tenant % has no task % of %', NEW.tenant_id, NEW.task_id, NEW.task_created_at
                USING ERRCODE = 'foreign_key_violation', SCHEMA = 'mcp', TABLE = 'task_delegations',
                    CONSTRAINT = 'task_delegations_task_id_task_created_at_fkey';
        END IF;

        IF allowed IS NOT NULL THEN
            SELECT count(*) INTO present
            FROM mcp.task_delegations AS d
            WHERE d.task_id = NEW.task_id AND d.task_created_at = NEW.task_created_at;
            IF present > allowed THEN
                RAISE EXCEPTION 'task % cannot be delegated once more: % of % delegations are used', NEW.task_id,
                    present - 1, allowed
                    USING ERRCODE = 'check_violation', SCHEMA = 'mcp', TABLE = 'task_delegations',
                        CONSTRAINT = 'tasks_max_delegations',
                        HINT = 'Raise max_delegations of the task, or have it done by whom it is assigned to.';
            END IF;
        END IF;
    ELSIF (NEW.delegated_by, NEW.delegated_to, NEW.delegation_type, NEW.status, NEW.reason)
        IS NOT DISTINCT FROM (OLD.delegated_by, OLD.delegated_to, OLD.delegation_type, OLD.status, OLD.reason)
    THEN
        RETURN NULL;
    END IF;

    INSERT INTO mcp.task_delegation_history (
        tenant_id, delegation_id, task_id, task_created_at, delegated_by, delegated_to, delegation_type, status,
        reason, changed_by, created_at
    )
    VALUES (
        NEW.tenant_id, NEW.id, NEW.task_id, NEW.task_created_at, NEW.delegated_by, NEW.delegated_to,
        NEW.delegation_type, NEW.status, NEW.reason,
        left(coalesce(nullif(current_setting('app.current_user', true), ''), session_user), 255), clock_timestamp()
    );
    RETURN NULL;
END
$$;
ALTER FUNCTION mcp.validate_task_delegation() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_task_delegation() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_task_delegation() IS
    'Trigger of task_delegations, AFTER INSERT OR UPDATE: refuses a delegation more than max_delegations of the task '
    '(23514, constraint tasks_max_delegations), and writes what the delegation is now to task_delegation_history.';

CREATE TRIGGER task_delegations_quota
    AFTER INSERT OR UPDATE ON mcp.task_delegations
    FOR EACH ROW EXECUTE FUNCTION mcp.validate_task_delegation();
COMMENT ON TRIGGER task_delegations_quota ON mcp.task_delegations IS
    'Keeps a task within max_delegations, and the history of its delegations.';
