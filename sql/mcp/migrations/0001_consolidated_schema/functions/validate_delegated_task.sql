-- Before the foreign key is checked, whose answer would tell a task of another tenant from one that does not exist.
-- With the caller's rights: a trigger runs before the policies have checked the row, so whoever they bind sees no task
-- here but those of the session's tenant, whatever tenant the row says.
CREATE FUNCTION mcp.validate_delegated_task() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT
        FROM mcp.tasks AS t
        WHERE t.id = NEW.task_id AND t.created_at = NEW.task_created_at AND t.tenant_id = NEW.tenant_id)
    THEN
        RAISE EXCEPTION 'tenant % has no task % of %', NEW.tenant_id, NEW.task_id, NEW.task_created_at
            USING ERRCODE = 'foreign_key_violation', SCHEMA = 'mcp', TABLE = 'task_delegations',
                CONSTRAINT = 'task_delegations_task_id_task_created_at_fkey';
    END IF;
    RETURN NEW;
END
$$;
ALTER FUNCTION mcp.validate_delegated_task() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_delegated_task() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_delegated_task() IS
    'Trigger of task_delegations, BEFORE INSERT OR UPDATE: refuses a task that the tenant does not have (23503), in '
    'the same words whether another tenant has it or nobody.';

CREATE TRIGGER task_delegations_task
    BEFORE INSERT OR UPDATE OF tenant_id, task_id, task_created_at ON mcp.task_delegations
    FOR EACH ROW EXECUTE FUNCTION mcp.validate_delegated_task();
COMMENT ON TRIGGER task_delegations_task ON mcp.task_delegations IS
    'Lets a tenant delegate its own tasks alone, and learn nothing of others.';
