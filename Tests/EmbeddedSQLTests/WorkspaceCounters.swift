/// What the counters of workspaces have to say, counted anew.
enum WorkspaceCounters {
    /// The workspaces whose counters are not what their documents are.
    static let differences = """
        SELECT w.name, w.current_documents, w.current_storage_bytes, c.documents, c.bytes
        FROM mcp.workspaces AS w
        CROSS JOIN LATERAL (
            SELECT count(*), coalesce(sum(octet_length(d.content)), 0) FROM mcp.shared_documents AS d
            WHERE d.workspace_id = w.id AND d.deleted_at IS NULL
        ) AS c (documents, bytes)
        WHERE (w.current_documents, w.current_storage_bytes) <> (c.documents, c.bytes);
        """

    /// The workspaces that hold more than they may.
    static let excesses = """
        SELECT w.name FROM mcp.workspaces AS w
        WHERE w.current_documents > w.max_documents OR w.current_storage_bytes > w.max_storage_bytes
            OR (SELECT count(*) FROM mcp.workspace_members AS m WHERE m.workspace_id = w.id) > w.max_members;
        """
}
