-- A workspace counts the bytes of its documents, without deleted ones.
-- column: workspaces.current_storage_bytes
-- counts: shared_documents
-- keeper: validate_workspace_quota
-- value:
(
    SELECT coalesce(sum(d.size_bytes), 0)
    FROM mcp.shared_documents AS d
    WHERE d.workspace_id = r.id AND d.deleted_at IS NULL
)
