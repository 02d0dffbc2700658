import Foundation
import Maintenance
import PostgresClient
import SQLText
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Faults", .serialized)
struct FaultTests {
    private static let world = Template("faults") { database in
        try await database.psql(
            PastSQL.events + """
                CREATE TABLE s.days (at date) PARTITION BY RANGE (at);
                CREATE TABLE s.days_rest PARTITION OF s.days DEFAULT;
                CALL siblings('s.days', '_YYYYMMDD', '1 day', timestamp '2025-02-03', 1);
                CALL siblings('s.days', '_YYYYMMDD', '1 day', date_trunc('day', now()::timestamp) - interval '9 days', 2);
                CREATE MATERIALIZED VIEW s.numbers AS SELECT 1 AS n;
                CREATE UNIQUE INDEX ON s.numbers (n);
                """)
    }

    struct Blow: Sendable, CustomTestStringConvertible {
        let strike: StatementRelay.Strike
        let version: PostgresVersion
        var testDescription: String { "\(strike), \(version)" }
    }

    private static let blows = PostgresVersion.underTest.flatMap { version in
        [StatementRelay.Strike.terminate, .cutBefore, .cutAfter].map { Blow(strike: $0, version: version) }
    }

    @Test(
        "a run that is struck at any statement leaves nothing half done, and the next one completes", arguments: blows)
    func survivesABlowAtAnyStatement(blow: Blow) async throws {
        let cluster = try await Cluster.shared(blow.version)
        let relay = try StatementRelay(to: cluster)
        defer { relay.close() }

        let statements = try await TestDatabase.with(cluster, template: Self.world) { database in
            let summary = await run(database, through: relay)
            #expect(summary.verdict == .done && summary.count(.done) == 3, "\(summary.outcomes())")
            return relay.count
        }
        try #require(statements > 0)
        var random = Seeded()
        let variant = Self.blows.count { $0.testDescription < blow.testDescription }
        let numbers = random.struck(of: statements, oneIn: 6, variant: variant)
        print(
            "\(blow.testDescription): \(statements) statements a run, struck at \(numbers.count) of them (seed \(random.seed))"
        )
        var completedAtOnce = 0
        for number in numbers {
            try await TestDatabase.with(cluster, template: Self.world) { database in
                let day = try await database.psql("SELECT current_date")
                relay.strike(blow.strike, at: number)
                let struck = await run(database, through: relay)
                #expect(relay.count >= number, "statement \(number) never came")
                #expect(try await database.leftovers() == "", "after a blow at statement \(number)")
                let words = Set(struck.reports.map(\.outcome.word))
                #expect(words.isSubset(of: ["done", "superseded"]), "statement \(number): \(struck.outcomes())")
                if struck.failure == nil { completedAtOnce += 1 }

                // A backend whose client is gone ends its statement first, and has its locks until then.
                try await database.wait(
                    until:
                        "NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pgtend test' AND datname = current_database())"
                )
                let next = await database.tend { $0.partitions.premake = 0 }
                #expect(next.failure == nil && next.count(.done) == next.reports.count, "\(next.outcomes())")
                #expect(next.heldLocks.isEmpty)
                try await database.psql("INSERT INTO s.events VALUES (1, now()); INSERT INTO s.days VALUES (now())")
                #expect(
                    try await database.psql(
                        """
                        SELECT (SELECT count(*) FROM s.days_rest),
                            -- One more where midnight has passed.
                            count(*) - 10 BETWEEN 0 AND current_date - date '\(day)'
                        FROM pg_class WHERE relispartition
                        """)
                        == "0|t")
            }
        }
        // A connection lost while steps are executed is opened again; before them the run ends with the reason.
        #expect(completedAtOnce > numbers.count / 3)
    }

    private func run(_ database: TestDatabase, through relay: StatementRelay) async -> RunSummary {
        let conninfo = "host='\(relay.folder)' dbname='\(database.name)' user=postgres"
        return await MaintenanceRun(
            definition: database.definition(conninfo: conninfo) { $0.partitions.premake = 0 }, tasks: TaskKind.allCases,
            runID: String(repeating: "0", count: 32), applicationName: "pgtend test", programVersion: "0",
            sink: RecordingSink()
        ).execute()
    }

    @Test(
        "an immediate stop of the server in mid-step ends the run with the reason; the next one completes",
        arguments: PostgresVersion.underTest)
    func survivesAnImmediateStop(version: PostgresVersion) async throws {
        let cluster = try await Cluster.private(version)
        try await TestDatabase.with(cluster) { database in
            try await database.psql(PastSQL.events)
            let blocker = try await database.connect()
            try await blocker.script(unsafe: "BEGIN; LOCK TABLE ONLY s.events IN SHARE UPDATE EXCLUSIVE MODE")
            async let run = database.tend { $0.locks.perStep = .seconds(60) }
            try await database.wait(
                until:
                    "EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pgtend test' AND wait_event_type = 'Lock')"
            )
            try await cluster.stop(.immediate)
            let summary = await run
            #expect(summary.reports.count == 4 && summary.count(.done) == 0)
            #expect(summary.verdict != .done)
            await blocker.close()
            try await cluster.start()
            #expect(try await database.leftovers() == "")
            #expect(await database.tend().outcomes() == Array(repeating: "done", count: 4))
        }
        try await cluster.destroy()
    }

    /// On a server of its own: CREATE and DROP DATABASE wait for every backend of theirs, for a stopped one as well.
    @Test("a backend that has stopped answering is given up, and leaves nothing")
    func givesUpAStoppedBackend() async throws {
        let cluster = try await Cluster.private(.v18)
        for number in [1, 8, 15] { try await Self.giveUpABackendThatStops(before: number, of: cluster) }
        try await cluster.destroy()
    }

    private static func giveUpABackendThatStops(before number: Int, of cluster: Cluster) async throws {
        try await TestDatabase.with(cluster, template: world) { database in
            let relay = try StatementRelay(to: cluster)
            let connection = try await Connection.open(
                ConnectionInfo(parsing: "host='\(relay.folder)' dbname='\(database.name)' user=postgres"),
                options: SessionOptions(statementTimeout: .milliseconds(500), cancelGrace: .milliseconds(200)))
            let definition = database.definition()
            // The short limits are the step's alone.
            let reader = try await database.connect()
            let snapshot = try await SnapshotReader(
                definition: definition, tasks: [.partitions], session: database.session(from: reader)
            )
            .read()
            await reader.close()
            let plan = Planner(definition: definition, tasks: [.partitions]).plan(snapshot)
            guard let planned = plan.steps.first else { throw TestFailure("nothing was planned") }
            var limits = planned.limits
            limits.statementTimeout = .milliseconds(100)
            limits.lockDeadline = .milliseconds(100)
            let step = PlanStep(planned.action, reason: planned.reason, limits: limits)
            relay.strike(.stop, at: number)
            let start = ContinuousClock.now
            await #expect(throws: PostgresError.self) {
                _ = try await step.attempt(
                    step.work(serverVersion: snapshot.server.versionNumber), on: connection)
            }
            #expect(relay.count >= number, "statement \(number) never came")
            #expect(start.duration(to: .now) < .seconds(20))
            #expect(connection.isBroken)
            await connection.close()
            relay.close()
            try await database.wait(
                until: "1 = (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())")
            #expect(try await database.leftovers() == "")
            #expect(await database.tend().verdict == .done)
        }
    }

    @Test("what the second plan refuses is said, and decides the verdict")
    func saysWhatTheSecondPlanRefuses() async throws {
        try await TestDatabase.with { database in
            try await database.psql(PastSQL.events)
            let sink = RecordingSink { event in
                guard case .planned = event else { return }
                database.psqlNow("DROP TABLE s.events; CREATE TABLE s.events (at date) PARTITION BY LIST (at)")
            }
            let summary = await database.tend([.partitions], sink: sink)
            #expect(summary.count(.superseded) == summary.reports.count)
            #expect(summary.refusals.map(\.reason) == [.notRangePartitioned])
            #expect(sink.events.count { if case .refused = $0 { true } else { false } } == 1)
            #expect(summary.verdict == .refused)
        }
    }

    @Test("a catalog that cannot be read again fails the object that had changed, and nothing else")
    func failsWhatCannotBePlannedAnew() async throws {
        try await TestDatabase.with { database in
            let role = "keeper_\(database.name)"
            try await database.psql(
                PastSQL.events + """
                    CREATE ROLE \(role) LOGIN;
                    GRANT ALL ON SCHEMA s TO \(role);
                    CREATE MATERIALIZED VIEW s.numbers AS SELECT 1 AS n;
                    CREATE UNIQUE INDEX ON s.numbers (n);
                    ALTER MATERIALIZED VIEW s.numbers OWNER TO \(role);
                    CREATE MATERIALIZED VIEW s.words AS SELECT 'one' AS w;
                    CREATE UNIQUE INDEX ON s.words (w);
                    ALTER MATERIALIZED VIEW s.words OWNER TO \(role);
                    """)
            let sink = RecordingSink { event in
                switch event {
                case .planned: database.psqlNow("DROP MATERIALIZED VIEW s.numbers")
                // The last step.
                case .stepFinished(_, _, let report) where report.step.object.name == "words":
                    database.psqlNow("REVOKE SELECT ON pg_catalog.pg_rewrite FROM PUBLIC")
                default: break
                }
            }
            let summary = await database.tend([.views], user: role, sink: sink)
            #expect(summary.failure == nil && summary.verdict == .failed)
            #expect(summary.reports.map(\.outcome.word) == ["superseded", "done", "failed"])
            guard case .failed(let failure)? = summary.reports.last?.outcome else { return }
            #expect(failure.sqlState == .insufficientPrivilege && failure.message.contains("could not be planned anew"))
            #expect(summary.reports.last?.step.object.name == "numbers")
            try await database.psql("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
        }
    }
}
