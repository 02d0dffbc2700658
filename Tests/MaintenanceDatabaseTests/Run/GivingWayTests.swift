import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Giving way", .serialized)
struct GivingWayTests {
    private static let world = Template("giving_way") { database in
        try await database.psql("CREATE SCHEMA s; CREATE TABLE s.t (n integer); CREATE TABLE s.done (n integer)")
        try await database.installLedger()
    }

    private static let table = RelationName(schema: "s", name: "t")

    /// Holds a lock on `s.t` for as long as `s.t` is empty, half a minute at most.
    private struct Work: StepWork, LoneWork {
        var givesWayOn: RelationName? { table }

        func script() -> [String] {
            [
                """
                DO $$ BEGIN
                    LOCK TABLE s.t IN SHARE UPDATE EXCLUSIVE MODE;
                    INSERT INTO s.done VALUES (1);
                    IF NOT EXISTS (SELECT FROM s.t) THEN PERFORM pg_sleep(30); END IF;
                END $$
                """
            ]
        }

        func recheck(on connection: Connection) async throws(PostgresError) -> String? { nil }

        func perform(on connection: Connection) async throws(PostgresError) {
            for statement in script() {
                let lone = LoneStatement(
                    unsafe: statement, as: "postgres", lockTimeout: .milliseconds(200), statementTimeout: .seconds(60))
                try await connection.run(lone, timeout: .seconds(70))
            }
        }

        func completion(on connection: Connection) async throws(PostgresError) -> StepResult? {
            try await connection.rows("SELECT n FROM s.done").isEmpty ? nil : StepResult()
        }

        func cure(for failure: ServerFailure) -> Cure? { nil }
    }

    private func run(in database: TestDatabase) async -> RunSummary {
        let repertoire = Repertoire(
            remembering: { _ in [] },
            plan: { _, snapshot in
                let action = UpdateStatistics(
                    corpus: CorpusDefinition(source: Self.table, target: Self.table), tenant: "", owner: "postgres")
                let limits = StepLimits(locks: LockBudget(), statementTimeout: .seconds(60))
                let step = PlanStep(.updateStatistics(action), reason: "a test", limits: limits)
                return Plan(
                    database: "test", takenAt: snapshot.takenAt, work: TaskPlan(steps: [step], objectsInView: 1))
            }, work: { _, _ in Work() })
        return await MaintenanceRun(
            RunContext(
                definition: database.definition(), tasks: [.statistics], runID: TestSlot.runID(),
                applicationName: "pgtend test", programVersion: "1", order: nil, installsLedger: false,
                sink: RecordingSink(), repertoire: repertoire)
        ).execute()
    }

    @Test("to whoever waits for its lock, who is named; the next run does it", arguments: PostgresVersion.underTest)
    func givesWay(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: Self.world) { database in
            let running = Task { await run(in: database) }
            try await database.wait(
                until: "EXISTS (SELECT FROM pg_locks WHERE relation = 's.t'::regclass AND granted)")
            let other = try await database.connect(as: "a deployment")
            let start = ContinuousClock.now
            try await other.execute("ALTER TABLE s.t ADD COLUMN m integer")
            let waited = start.duration(to: .now)
            #expect(waited < .seconds(1), "it waited \(waited)")

            let summary = await running.value
            guard case .postponed(_, let waiting)? = summary.reports.first?.outcome else {
                Issue.record("\(summary)")
                return
            }
            #expect(waiting.map(\.application) == ["a deployment"] && waiting.allSatisfy(\.isWaiting))
            #expect(waiting.first?.relation == Self.table && waiting.first?.pid == other.server.backendPID)
            #expect(summary.verdict == .postponed)
            try await database.expect(
                ledger: "SELECT outcome, message LIKE '%waited for AccessExclusiveLock on s.t%' FROM step",
                is: "postponed|t")
            #expect(try await database.psql("SELECT count(*) FROM s.done") == "0")
            try await other.execute("INSERT INTO s.t VALUES (1)")
            await other.close()
            #expect(await run(in: database).outcomes(of: .statistics) == ["done"])
        }
    }

    /// Nothing is left that works unwatched, and the connection that was lost is opened anew.
    @Test("ends what works if the session that looks is lost")
    func endsWithItsWatch() async throws {
        try await TestDatabase.with(template: Self.world) { database in
            let running = Task { await run(in: database) }
            try await database.wait(
                until: "EXISTS (SELECT FROM pg_locks WHERE relation = 's.t'::regclass AND granted)")
            try await database.psql(
                """
                INSERT INTO s.t VALUES (1);
                SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """)
            let summary = await running.value
            #expect(summary.outcomes(of: .statistics) == ["done"], "\(summary)")
            #expect(try await database.psql("SELECT count(*) FROM s.done") == "1")
        }
    }
}
