-- A workspace counts its documents, without deleted ones.
-- column: workspaces.current_documents
-- counts: shared_documents
-- keeper: validate_workspace_quota
-- value:
(
    SELECT count(*)
    FROM mcp.shared_documents AS d
    WHERE d.workspace_id = r.id AND d.deleted_at IS NULL
)
