import CivilTime
import DatabaseAccess
import Maintenance
import MaintenanceDatabase

/// Reads the runs of a database from its ledger. Changes nothing.
struct HistoryReader {
    enum Question: Sendable {
        case runs(tasks: [TaskKind]?, since: Since?, limit: Int)
        case run(String)

        var isOneRun: Bool { if case .run = self { true } else { false } }
    }

    private let definition: DatabaseDefinition

    init(_ definition: DatabaseDefinition) {
        self.definition = definition
    }

    func history(_ question: Question) async throws(ServerFailure) -> DatabaseHistory {
        let now = HostClock.now()
        guard definition.ledger.enabled else { return nothing("no ledger: \(LedgerWords.switchedOff)", now) }
        let content = try await LedgerReader.read(definition, applicationName: "pgtend history") {
            reader async throws(ServerFailure) -> DatabaseHistory.Content in
            switch question {
            case .runs(let tasks, let since, let limit):
                .runs(try await reader.runs(tasks: tasks, since: since?.instant(now: now), limit: limit))
            case .run(let runID):
                try await reader.run(runID).map { .run($0) } ?? .nothing(reason: "its ledger has no run \(runID)")
            }
        }
        guard let content else { return nothing("no ledger: \(LedgerWords.absence)", now) }
        return DatabaseHistory(database: definition.name, now: now, content: content)
    }

    private func nothing(_ reason: String, _ now: Instant) -> DatabaseHistory {
        DatabaseHistory(database: definition.name, now: now, content: .nothing(reason: reason))
    }
}

/// The runs of one database that text and JSON show.
struct DatabaseHistory {
    let database: String
    /// By this host's clock.
    let now: Instant
    let content: Content

    enum Content {
        /// The latest first.
        case runs([LedgerRun])
        case run(LedgerRunDetail)
        /// Why there is nothing to show: no ledger, or no such run in it.
        case nothing(reason: String)
    }

    var hasRuns: Bool { if case .nothing = content { false } else { true } }
}
