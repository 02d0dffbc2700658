import Foundation
import TestSupport

/// A running `pgtend serve` whose reports are JSON lines.
struct Served {
    let program: Program

    /// - Parameter every: for all kinds of work; without it the schedules that a service has by itself.
    init(
        _ conninfo: String, schema: String = "shop", every: String? = nil, environment: [String: String] = [:],
        _ arguments: String...
    ) throws {
        var environment = environment
        for task in ["PARTITIONS", "VIEWS", "STATISTICS"] { environment["PGTEND_\(task)_EVERY"] = every }
        program = try Program.start(
            Program.pgtend,
            ["serve", "--database", conninfo, "--schema", schema, "--log-format", "json"] + arguments,
            environment: environment)
    }

    init(config: String, environment: [String: String] = [:]) throws {
        program = try Program.start(
            Program.pgtend, ["serve", "--config", config, "--log-format", "json"], environment: environment)
    }

    /// Awaits that an event has been reported so often since the service began.
    func wait(for event: String, times count: Int = 1, within limit: Duration = .seconds(60)) async throws {
        try await program.standardError(contains: "\"event\":\"\(event)\"", times: count, within: limit)
    }

    func count(_ event: String) -> Int {
        program.standardErrorSoFar.split(separator: "\n").count { $0.contains("\"event\":\"\(event)\"") }
    }

    /// The ids of the runs that it has reported as ended.
    var completedRuns: [String] {
        get throws {
            try program.standardErrorSoFar.split(separator: "\n").compactMap { line in
                guard line.contains("\"event\":\"run_finished\""),
                    let report = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                else { return nil }
                return report["run_id"] as? String
            }
        }
    }

    /// Tells it to stop, and expects that it does.
    @discardableResult
    func stop(within limit: Duration = .seconds(60)) async throws -> Program.Result {
        program.send(SIGTERM)
        let result = try await program.result(within: limit)
        guard result.ending == .exited(0) else { throw TestFailure("serve: \(result)") }
        return result
    }
}

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
    static func holes(_ task: String) -> String {
        """
        SELECT due FROM (SELECT min(due) AS first, max(due) AS last FROM pgtend_ledger.slot WHERE task = '\(task)') AS s,
            generate_series(s.first, s.last, interval '1 second') AS due
        WHERE NOT EXISTS (SELECT FROM pgtend_ledger.slot AS k WHERE k.task = '\(task)' AND k.due = due.due)
        """
    }
}
