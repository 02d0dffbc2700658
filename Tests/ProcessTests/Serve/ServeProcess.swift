import Foundation
import TestSupport

/// A running `pgtend serve` that reports in JSON lines.
struct ServeProcess {
    let program: Program

    /// - Parameter every: the interval of the schedules of all tasks; nil leaves the default schedules.
    init(
        _ conninfo: String, schema: String = "shop", every: String? = nil, environment: [String: String] = [:],
        arguments: [String] = []
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

    /// Waits until the event has been reported `count` times since the service started.
    func wait(for event: String, times count: Int = 1, within limit: Duration = .seconds(60)) async throws {
        try await program.standardError(contains: "\"event\":\"\(event)\"", times: count, within: limit)
    }

    /// Waits until each kind of work has had a run; a slot that comes in between is a further run of its own.
    func waitForEachKind(of tasks: [String] = ["partitions", "views", "statistics"]) async throws {
        for task in tasks {
            try await program.standardError(contains: "(\(task)) ended", times: 1, within: .seconds(60))
        }
    }

    /// Waits for the end of one more run of that kind: kinds run side by side, and one may still wait for a server that does
    /// not answer while others go on.
    func waitForAnother(_ task: String, within limit: Duration) async throws {
        let end = "(\(task)) ended"
        let count = program.standardErrorSoFar.split(separator: "\n").count { $0.contains(end) }
        try await program.standardError(contains: end, times: count + 1, within: limit)
    }

    func count(_ event: String) -> Int {
        program.standardErrorSoFar.split(separator: "\n").count { $0.contains("\"event\":\"\(event)\"") }
    }

    /// The IDs of the runs that the service has reported as finished.
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

    /// Sends SIGTERM, and throws unless the service exits with 0.
    @discardableResult
    func stop(within limit: Duration = .seconds(60)) async throws -> Program.Result {
        program.send(SIGTERM)
        let result = try await program.result(within: limit)
        guard result.ending == .exited(0) else { throw TestFailure("serve: \(result)") }
        return result
    }
}
