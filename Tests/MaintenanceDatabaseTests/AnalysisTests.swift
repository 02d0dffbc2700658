import DatabaseAccess
import Foundation
import Maintenance
import PostgresClient
import SQLText
import Synchronization
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Analysis on a server", .serialized)
struct AnalysisTests {
    private static let world = Template("analysis") { database in
        try await database.psql(
            PastSQL.events + """
                CREATE TABLE s.events_rest PARTITION OF s.events DEFAULT;
                ALTER TABLE s.events_rest SET (autovacuum_enabled = off);
                """)
        try await database.installLedger()
    }

    /// A copy of a database has no counters.
    private static func with(
        _ version: PostgresVersion = .underTest[0], _ body: @Sendable (TestDatabase) async throws -> Void
    ) async throws {
        try await with(Cluster.shared(version), body)
    }

    private static func with(
        _ cluster: Cluster, _ body: @Sendable (TestDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.with(cluster, template: world) { database in
            try await database.psql(
                "INSERT INTO s.events SELECT n, '1999-01-01', 'a' FROM generate_series(1, 300) AS n")
            try await body(database)
        }
    }

    private func run(
        in database: TestDatabase, _ tasks: [TaskKind] = [.analysis], _ order: SlotOrder? = nil,
        user: String = "postgres", conninfo: String? = nil,
        _ change: @Sendable (inout DatabaseDefinition) -> Void = on
    ) async -> RunSummary {
        await MaintenanceRun(
            definition: database.definition(user: user, conninfo: conninfo, change), tasks: tasks,
            runID: TestSlot.runID(), applicationName: "pgtend test", programVersion: "1", order: order,
            sink: RecordingSink()
        ).execute()
    }

    /// Whose ANALYZE takes half a minute.
    private static let slow = """
        CREATE FUNCTION s.slow(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql
            AS 'BEGIN PERFORM pg_catalog.pg_sleep(0.1); RETURN $1; END';
        CREATE STATISTICS s.slowly ON (s.slow(id)) FROM s.events;
        """

    private static let on: @Sendable (inout DatabaseDefinition) -> Void = {
        $0.partitions.analysis.enabled = true
        $0.partitions.premake = 0
    }

    private static let isAtWork = """
        EXISTS (SELECT FROM pg_stat_activity AS a JOIN pg_locks AS l USING (pid) WHERE a.query LIKE 'ANALYZE%'
            AND a.datname = current_database() AND l.relation = 's.events'::regclass AND l.granted
            AND a.wait_event = 'PgSleep')
        """

    private func remembered(_ database: TestDatabase) async throws -> String {
        try await database.ledger("SELECT content->>'changes' FROM memory WHERE action = 'analyze_table'")
    }

    private func inference(_ database: TestDatabase) async throws -> String {
        try await database.plan([.analysis], Self.on).inferences.map(\.message).joined()
    }

    @Test("makes statistics, and makes them anew when enough has changed", arguments: PostgresVersion.underTest)
    func analyzes(version: PostgresVersion) async throws {
        try await Self.with(version) { database in
            let off = await run(in: database) { _ in }
            #expect(off.reports.isEmpty)
            #expect(await run(in: database).outcomes(of: .analysis) == ["done"])
            #expect(try await remembered(database) == "300")
            let inherited = "SELECT count(*) FROM pg_stats WHERE tablename = 'events' AND inherited AND n_distinct <> 0"
            #expect(try await database.psql(inherited) == "3")
            // Of PostgreSQL 18 the leaves are left alone.
            let leaf = "SELECT pg_stat_get_last_analyze_time('s.events_rest'::regclass) IS NULL"
            #expect(try await database.psql(leaf) == (version.rawValue >= 18 ? "t" : "f"))
            #expect(await run(in: database).reports.isEmpty)
            #expect(try await inference(database).hasPrefix("not due, because of 0 of "))

            try await database.psql("DELETE FROM s.events WHERE id <= 10")
            #expect(await run(in: database).reports.isEmpty)
            #expect(try await inference(database).hasPrefix("not due, because of 10 of "))
            try await database.psql("UPDATE s.events SET note = 'b'")
            #expect(await run(in: database).outcomes(of: .analysis) == ["done"])
            #expect(try await remembered(database) == "600")

            // By hand: what was remembered says nothing any more.
            try await database.psql("UPDATE s.events SET note = 'c'; ANALYZE s.events")
            let summary = await run(in: database)
            #expect(summary.reports.isEmpty && summary.verdict == .done)
            #expect(try await remembered(database) == "890")
            // Counters that fell.
            try await database.psql("SELECT pg_stat_reset()")
            #expect(await run(in: database).reports.isEmpty)
            #expect(try await remembered(database) == "0")
        }
    }

    @Test("takes a baseline of a table that has statistics already, and prints what it would send")
    func takesABaseline() async throws {
        try await Self.with { database in
            let step = try #require(try await database.plan([.analysis], Self.on).steps.first)
            #expect(
                try step.sql(serverVersion: 180_000) == [
                    "SET lock_timeout = '200ms';", "SET statement_timeout = '3600000ms';", #"SET ROLE "postgres";"#,
                    #"ANALYZE ONLY "s"."events";"#, "SET ROLE NONE;", "RESET ALL;",
                ])
            #expect(try step.sql(serverVersion: 170_000)[3] == #"ANALYZE "s"."events";"#)
            try await database.psql("ANALYZE s.events")
            #expect(try await database.plan([.analysis], Self.on).steps.isEmpty)
            #expect(try await remembered(database) == "", "a plan changes nothing")
            #expect(await run(in: database).reports.isEmpty)
            #expect(try await remembered(database) == "300")
            // In the one run of all kinds the planners share what is read.
            #expect(try await database.plan(TaskKind.allCases, Self.on).runways.count == 1)
        }
    }

    @Test("is refused without the privilege, and done with the cure", arguments: PostgresVersion.underTest)
    func needsAPrivilege(version: PostgresVersion) async throws {
        try await Self.with(version) { database in
            let (role, owner) = ("analyst_\(database.name)", "owner_\(database.name)")
            try await database.psql(
                """
                CREATE ROLE \(role) LOGIN; CREATE ROLE \(owner);
                GRANT USAGE ON SCHEMA s TO \(role), \(owner);
                ALTER TABLE s.events OWNER TO \(owner);
                CREATE TABLE s.hashed (id integer) PARTITION BY HASH (id);
                CREATE TABLE s.hashed_0 PARTITION OF s.hashed FOR VALUES WITH (MODULUS 1, REMAINDER 0);
                ALTER TABLE s.hashed OWNER TO \(owner); ALTER TABLE s.hashed_0 OWNER TO \(owner);
                DO $$ DECLARE leaf regclass; BEGIN
                    FOR leaf IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 's.events'::regclass LOOP
                        EXECUTE format('ALTER TABLE %s OWNER TO \(owner)', leaf);
                    END LOOP;
                END $$;
                """)
            let off: @Sendable (inout DatabaseDefinition) -> Void = {
                Self.on(&$0)
                $0.ledger.enabled = false
            }
            let refused = await run(in: database, user: role, off)
            #expect(refused.reports.isEmpty && refused.refusals.map(\.reason) == [.notOwner, .notOwner])
            let cure = try #require(refused.refusals.first?.cure.alternatives.first)
            #expect(cure.hasPrefix(version.rawValue >= 17 ? "GRANT MAINTAIN ON s.events TO" : "GRANT \(owner) TO"))
            let findings = try await PrivilegeCheck(
                definition: database.definition(user: role, off), applicationName: "check"
            ).findings()
            // Of a table that gets partitions the membership is advised, which is enough.
            let advised = findings.filter { $0.severity == .missing }.flatMap(\.cures).map(\.description).joined()
            #expect(advised.contains("GRANT"), "\(advised)")
            #expect(advised.contains("MAINTAIN ON s.hashed") == (version.rawValue >= 17), "\(advised)")
            #expect(!advised.contains("MAINTAIN ON s.events"), "\(advised)")
            try await database.psql(cure)
            let done = await run(in: database, user: role, off).outcomes(of: .analysis)
            #expect(done == (version.rawValue >= 17 ? ["done"] : ["done", "done"]))
            #expect(try await database.psql("SELECT reltuples FROM pg_class WHERE relname = 'events'") == "300")
            try await database.psql(
                "REASSIGN OWNED BY \(owner) TO postgres; DROP OWNED BY \(role), \(owner); DROP ROLE \(role), \(owner)")
        }
    }

    @Test("gives way to a partition that falls due, and to DDL by hand", arguments: PostgresVersion.underTest)
    func givesWay(version: PostgresVersion) async throws {
        try await Self.with(version) { database in
            try await database.psql(Self.slow)
            var analysis = Task { await run(in: database) }
            try await database.wait(until: Self.isAtWork)
            let attached = await run(in: database, [.partitions])
            #expect(attached.outcomes() == ["done"])
            let report = try #require(attached.reports.first)
            #expect(report.attempt == 1 && report.duration < .seconds(1), "\(report.attempt) tries, \(report.duration)")
            let summary = await analysis.value
            guard case .postponed(_, let waiting)? = summary.reports.first?.outcome else {
                Issue.record("\(summary)")
                return
            }
            #expect(waiting.map(\.relation.description) == ["s.events"] && summary.verdict == .postponed)
            #expect(try await remembered(database) == "")

            analysis = Task { await run(in: database) }
            try await database.wait(until: Self.isAtWork)
            let start = ContinuousClock.now
            try await database.psql("ALTER TABLE s.events ALTER COLUMN note SET STATISTICS 10")
            #expect(start.duration(to: .now) < .seconds(1), "\(start.duration(to: .now))")
            #expect(await analysis.value.outcomes(of: .analysis) == ["postponed"])
            try await database.psql("DROP STATISTICS s.slowly")
            #expect(await run(in: database).outcomes(of: .analysis) == ["done"])
        }
    }

    /// Plans, lets the world change, and attempts the step.
    private func attempt(in database: TestDatabase, after change: String) async throws -> StepOutcome {
        let connection = try await database.connect(as: "attempt")
        let step = try #require(try await database.plan([.analysis], Self.on).steps.first)
        try await database.psql(change)
        let end = try await step.attempt(
            step.work(serverVersion: connection.server.version.number), on: connection)
        await connection.close()
        return end.outcome
    }

    @Test("looks again before it works", arguments: PostgresVersion.underTest)
    func looksAgain(version: PostgresVersion) async throws {
        try await Self.with(version) { database in
            let analyzed = "SELECT pg_stat_get_last_analyze_time('s.events'::regclass)"
            #expect(try await attempt(in: database, after: "ANALYZE s.events") == .done)
            let byHand = try await database.psql(analyzed)
            #expect(!byHand.isEmpty)
            try await database.psql("UPDATE pg_class SET reltuples = -1 WHERE relname = 'events'")
            #expect(try await attempt(in: database, after: "SELECT 1") == .done)
            #expect(try await database.psql(analyzed) != byHand)
            try await database.psql("UPDATE pg_class SET reltuples = -1 WHERE relname = 'events'")
            guard case .superseded = try await attempt(in: database, after: "DROP TABLE s.events") else {
                Issue.record("a table that has gone")
                return
            }
        }
    }

    struct Blow: Sendable, CustomTestStringConvertible {
        let strike: StatementRelay.Strike
        let version: PostgresVersion
        var testDescription: String { "\(strike), \(version)" }
    }

    private static let blows = PostgresVersion.underTest.flatMap { version in
        [StatementRelay.Strike.terminate, .cutBefore, .cutAfter].map { Blow(strike: $0, version: version) }
    }

    @Test("that is struck at any statement leaves nothing half done, and the next run completes it", arguments: blows)
    func survivesABlowAtAnyStatement(blow: Blow) async throws {
        let cluster = try await Cluster.shared(blow.version)
        let relay = try StatementRelay(to: cluster)
        defer { relay.close() }
        let order = TestSlot.order(.analysis)
        let conninfo = { @Sendable (database: TestDatabase) in
            "host='\(relay.folder)' dbname='\(database.name)' user=postgres"
        }
        let statements = Atomic(0)
        try await Self.with(cluster) { database in
            let summary = await run(in: database, [.analysis], order, conninfo: conninfo(database))
            #expect(summary.outcomes(of: .analysis) == ["done"], "\(summary)")
            statements.store(relay.count, ordering: .relaxed)
        }
        var random = Seeded()
        let variant = Self.blows.count { $0.testDescription < blow.testDescription }
        let count = statements.load(ordering: .relaxed)
        let numbers = random.struck(of: count, oneIn: 16, variant: variant)
        print("\(blow.testDescription): \(count) statements, struck at \(numbers.count) (seed \(random.seed))")
        for number in numbers {
            try await Self.with(cluster) { database in
                relay.strike(blow.strike, at: number)
                var summary = await run(in: database, [.analysis], order, conninfo: conninfo(database))
                #expect(relay.count >= number, "statement \(number) never came")
                let patience = ContinuousClock.now + .seconds(30)
                repeat {
                    summary = await run(in: database)
                } while !(summary.verdict == .done && summary.reports.isEmpty) && ContinuousClock.now < patience
                let comment: Comment = "after a blow at statement \(number): \(summary)"
                #expect(try await remembered(database) == "300", comment)
                #expect(
                    try await database.psql("SELECT reltuples FROM pg_class WHERE relname = 'events'") == "300", comment
                )
                try await database.expect(
                    ledger: "SELECT count(*) <= 1 FROM step WHERE outcome = 'done'", is: "t")
            }
        }
    }
}
