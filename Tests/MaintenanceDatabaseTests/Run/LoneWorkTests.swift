import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import Synchronization
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Work that runs alone")
struct LoneWorkTests {
    /// The backends in which each step has worked, and in which it was looked at.
    private final class Sessions: Sendable {
        private let seen = Mutex<(workers: [String: Int32], keepers: Set<Int32>)>(([:], []))

        var workers: [String: Int32] { seen.withLock(\.workers) }
        var keepers: Set<Int32> { seen.withLock(\.keepers) }

        func work(_ name: String, _ pid: Int32) { seen.withLock { $0.workers[name] = pid } }
        func look(_ pid: Int32) { seen.withLock { _ = $0.keepers.insert(pid) } }
    }

    private struct Work: StepWork, LoneWork {
        let name: String
        let sessions: Sessions

        func script() -> [String] { [] }

        func recheck(on connection: Connection) async throws(PostgresError) -> String? {
            sessions.look(connection.server.backendPID)
            return nil
        }

        func perform(on connection: Connection) async throws(PostgresError) {
            sessions.work(name, connection.server.backendPID)
        }

        func completion(on connection: Connection) async throws(PostgresError) -> StepResult? {
            sessions.look(connection.server.backendPID)
            return sessions.workers[name] == nil ? nil : StepResult()
        }

        func cure(for failure: ServerFailure) -> Cure? { nil }
    }

    /// Code of its owner may have left anything in its session, and nothing compares that.
    @Test("is proved in the session with the locks, and nothing follows in its own")
    func hasASessionToItself() async throws {
        try await TestDatabase.with { database in
            let sessions = Sessions()
            let table = RelationName(schema: "s", name: "t")
            let repertoire = Repertoire(
                remembering: { _ in [] },
                plan: { _, snapshot in
                    let steps = ["a", "b"].map { name in
                        let action = UpdateStatistics(
                            corpus: CorpusDefinition(source: table, target: table), tenant: name, owner: "postgres")
                        return PlanStep(
                            .updateStatistics(action), reason: "a test",
                            limits: StepLimits(locks: LockBudget(), statementTimeout: .seconds(60)))
                    }
                    return Plan(
                        database: "test", takenAt: snapshot.takenAt, work: TaskPlan(steps: steps, objectsInView: 1))
                }, work: { step, _ in Work(name: step.updateStatistics?.tenant ?? "", sessions: sessions) })
            let summary = await MaintenanceRun(
                RunContext(
                    definition: database.definition(), tasks: [.statistics], runID: TestSlot.runID(),
                    applicationName: "pgtend test", programVersion: "1", order: nil, installsLedger: false,
                    sink: RecordingSink(), repertoire: repertoire)
            ).execute()
            #expect(summary.outcomes(of: .statistics) == ["done", "done"], "\(summary)")
            let workers = Set(sessions.workers.values)
            #expect(workers.count == 2 && sessions.keepers.count == 1)
            #expect(workers.isDisjoint(with: sessions.keepers))
        }
    }
}
