/// What must hold in the ledger whatever has happened to the service: SQL queries that must return no rows.
enum LedgerRules {
    static let none = [
        "a slot with two completed runs":
            """
        SELECT slot_id FROM pgtend_ledger.run WHERE state = 'completed' AND slot_id IS NOT NULL
        GROUP BY slot_id HAVING count(*) > 1
        """,
        "a completed slot without its run":
            """
        SELECT s.id FROM pgtend_ledger.slot AS s WHERE s.state IN ('ran', 'late') AND NOT EXISTS (
            SELECT FROM pgtend_ledger.run AS r WHERE r.slot_id = s.id AND r.state = 'completed'
                AND r.id = s.completed_by)
        """,
        "an effect that happened twice for one slot":
            """
        SELECT slot_id, key FROM pgtend_ledger.step WHERE outcome = 'done' AND slot_id IS NOT NULL
        GROUP BY slot_id, key HAVING count(*) > 1
        """,
    ]

    /// A query for the tasks of the completed slots, each of which has a lane of its own.
    static let completed =
        "SELECT string_agg(DISTINCT task, ' ' ORDER BY task) FROM pgtend_ledger.slot WHERE state IN ('ran', 'late')"

    /// A query for the slots of a task with a slot every second that are missing between its first and its last slot.
    static func missingSlots(_ task: String) -> String {
        """
        SELECT due FROM (SELECT min(due) AS first, max(due) AS last FROM pgtend_ledger.slot WHERE task = '\(task)') AS s,
            generate_series(s.first, s.last, interval '1 second') AS due
        WHERE NOT EXISTS (SELECT FROM pgtend_ledger.slot AS k WHERE k.task = '\(task)' AND k.due = due.due)
        """
    }
}
