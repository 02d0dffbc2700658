/// What the ledger must show however it went, each as an SQL query that answers nothing.
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

    /// The kinds of work of which a slot was completed, in their order.
    static let completed =
        "SELECT string_agg(task, ' ' ORDER BY id) FROM pgtend_ledger.slot WHERE state IN ('ran', 'late')"

    /// Slots of one kind of work, due every second, that are missing between the first and the last.
    static func missingSlots(_ task: String) -> String {
        """
        SELECT due FROM (SELECT min(due) AS first, max(due) AS last FROM pgtend_ledger.slot WHERE task = '\(task)') AS s,
            generate_series(s.first, s.last, interval '1 second') AS due
        WHERE NOT EXISTS (SELECT FROM pgtend_ledger.slot AS k WHERE k.task = '\(task)' AND k.due = due.due)
        """
    }
}
