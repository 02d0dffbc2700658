-- SECURITY DEFINER: the counters are nobody's to write but the owner's, and members are counted whatever the session
-- sees. It reaches no row of another tenant: it runs after the policies and the foreign keys have checked the rows of
-- the statement, and these bind a row to a workspace of its own tenant.
-- row_security = off: a policy that binds the owner (FORCE) is an error, not a smaller count.
-- Once a statement and not once a row: all workspaces that it touches are locked in the order of their keys, so two
-- statements that move rows to and fro do not wait for each other.
CREATE FUNCTION mcp.validate_workspace_quota() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
    changes refcursor;
    change record;
    space mcp.workspaces;
    members bigint;
    excess record;
BEGIN
    CASE TG_TABLE_NAME || ' ' || TG_OP
        WHEN 'workspace_members INSERT' THEN
            OPEN changes FOR
                SELECT a.workspace_id, count(*) AS members, 0 AS documents, 0 AS bytes
                FROM added AS a
                GROUP BY a.workspace_id
                ORDER BY a.workspace_id;
        WHEN 'workspace_members UPDATE' THEN
            OPEN changes FOR
                SELECT c.workspace_id, sum(c.members) AS members, 0 AS documents, 0 AS bytes
                FROM (
                    SELECT a.workspace_id, 1 FROM added AS a UNION ALL SELECT r.workspace_id, -1 FROM removed AS r
                ) AS c (workspace_id, members)
                GROUP BY c.workspace_id
                HAVING sum(c.members) > 0
                ORDER BY c.workspace_id;
        WHEN 'shared_documents INSERT' THEN
            OPEN changes FOR
                SELECT a.workspace_id, 0 AS members, count(*) AS documents, sum(a.size_bytes) AS bytes
                FROM added AS a
                WHERE a.deleted_at IS NULL
                GROUP BY a.workspace_id
                ORDER BY a.workspace_id;
        WHEN 'shared_documents UPDATE' THEN
            OPEN changes FOR
                SELECT c.workspace_id, 0 AS members, sum(c.documents) AS documents, sum(c.bytes) AS bytes
                FROM (
                    SELECT a.workspace_id, 1, a.size_bytes FROM added AS a WHERE a.deleted_at IS NULL
                    UNION ALL
                    SELECT r.workspace_id, -1, - r.size_bytes FROM removed AS r WHERE r.deleted_at IS NULL
                ) AS c (workspace_id, documents, bytes)
                GROUP BY c.workspace_id
                HAVING sum(c.documents) <> 0 OR sum(c.bytes) <> 0
                ORDER BY c.workspace_id;
        WHEN 'shared_documents DELETE' THEN
            OPEN changes FOR
                SELECT r.workspace_id, 0 AS members, - count(*) AS documents, - sum(r.size_bytes) AS bytes
                FROM removed AS r
                WHERE r.deleted_at IS NULL
                GROUP BY r.workspace_id
                ORDER BY r.workspace_id;
        WHEN 'shared_documents TRUNCATE' THEN
            UPDATE mcp.workspaces AS w SET current_documents = 0, current_storage_bytes = 0
            WHERE (w.current_documents, w.current_storage_bytes) <> (0, 0);
            RETURN NULL;
    END CASE;

    LOOP
        FETCH changes INTO change;
        EXIT WHEN NOT FOUND;

        -- Locks the workspace: whoever comes second waits here, and goes on from what the first has left. It is
        -- changed for members as well, who have no counter: under REPEATABLE READ a session whose snapshot is older
        -- then fails (40001) instead of counting what it shows.
        UPDATE mcp.workspaces AS w SET
            current_documents = w.current_documents + change.documents,
            current_storage_bytes = w.current_storage_bytes + change.bytes
        WHERE w.id = change.workspace_id
        RETURNING w.* INTO space;
        -- It was deleted, and its rows go with it.
        CONTINUE WHEN NOT FOUND;

        members := CASE WHEN change.members > 0 AND space.max_members IS NOT NULL THEN
            (SELECT count(*) FROM mcp.workspace_members AS m WHERE m.workspace_id = change.workspace_id)
        END;
        -- Only what grows is measured: a limit that was lowered below what is there keeps nobody from tidying up.
        SELECT q.* INTO excess
        FROM (VALUES
            ('max_members', 'members', space.max_members::bigint, members, change.members),
            ('max_documents', 'documents', space.max_documents, space.current_documents, change.documents),
            ('max_storage_bytes', 'bytes', space.max_storage_bytes, space.current_storage_bytes, change.bytes)
        ) AS q (quota, things, allowed, present, wanted)
        WHERE q.wanted > 0 AND q.present > q.allowed
        LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'workspace % would pass its limit of % %: it has %, and % more are wanted',
                change.workspace_id, excess.allowed, excess.things, excess.present - excess.wanted, excess.wanted
                USING ERRCODE = 'check_violation', SCHEMA = 'mcp', TABLE = 'workspaces', COLUMN = excess.quota,
                    CONSTRAINT = 'workspaces_' || excess.quota,
                    HINT = format('Raise %s of the workspace, or remove something from it first.', excess.quota);
        END IF;
    END LOOP;
    CLOSE changes;
    RETURN NULL;
END
$$;
ALTER FUNCTION mcp.validate_workspace_quota() OWNER TO mcp_owner;
REVOKE ALL ON FUNCTION mcp.validate_workspace_quota() FROM PUBLIC, mcp_application, mcp_readonly;

COMMENT ON FUNCTION mcp.validate_workspace_quota() IS
    'Trigger of workspace_members and shared_documents, once a statement: refuses what passes a limit of the workspace '
    '(23514, constraint workspaces_max_members, workspaces_max_documents or workspaces_max_storage_bytes), under a '
    'lock on the workspace''s row, and keeps current_documents and current_storage_bytes.';

CREATE TRIGGER workspace_members_quota_insert
    AFTER INSERT ON mcp.workspace_members
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER workspace_members_quota_insert ON mcp.workspace_members IS 'Keeps a workspace within max_members.';

CREATE TRIGGER workspace_members_quota_update
    AFTER UPDATE ON mcp.workspace_members
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER workspace_members_quota_update ON mcp.workspace_members IS
    'Keeps a workspace that members move to within max_members.';

CREATE TRIGGER shared_documents_quota_insert
    AFTER INSERT ON mcp.shared_documents
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER shared_documents_quota_insert ON mcp.shared_documents IS
    'Keeps a workspace within its limits, and its counters exact.';

CREATE TRIGGER shared_documents_quota_update
    AFTER UPDATE ON mcp.shared_documents
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER shared_documents_quota_update ON mcp.shared_documents IS
    'Keeps the workspaces of documents that grow, move, are deleted or return within their limits.';

CREATE TRIGGER shared_documents_quota_delete
    AFTER DELETE ON mcp.shared_documents
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER shared_documents_quota_delete ON mcp.shared_documents IS 'Keeps the counters exact.';

CREATE TRIGGER shared_documents_quota_truncate
    AFTER TRUNCATE ON mcp.shared_documents
    FOR EACH STATEMENT EXECUTE FUNCTION mcp.validate_workspace_quota();
COMMENT ON TRIGGER shared_documents_quota_truncate ON mcp.shared_documents IS 'Keeps the counters exact.';
