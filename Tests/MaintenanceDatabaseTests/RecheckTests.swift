import Foundation
import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("A world that changed after the plan")
struct RecheckTests {
    struct Change: Sendable, CustomTestStringConvertible {
        let sql: String
        let reason: String
        var testDescription: String { sql }
    }

    private static let first = "date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"
    private static let second =
        "(date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC'"

    private static func partition(_ name: String, _ lower: String, _ upper: String) -> String {
        """
        DO $$ BEGIN EXECUTE format('CREATE TABLE s.\(name) PARTITION OF s.events FOR VALUES FROM (%L) TO (%L)', \(lower), \(upper)); END $$
        """
    }

    private static func eachSibling(_ statement: String) -> String {
        """
        DO $$ DECLARE t regclass; BEGIN
            FOR t IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 's.events'::regclass LOOP
                EXECUTE format('\(statement)', t);
            END LOOP;
        END $$
        """
    }

    private static let changes = [
        Change(sql: partition("theirs", first, second), reason: "the range has its partition by now"),
        Change(
            sql: partition("theirs", first, "\(first) + interval '1 day'"),
            reason: "s.theirs holds a part of the range by now"),
        Change(sql: "DROP TABLE s.events", reason: "s.events is no partitioned table any more"),
        Change(sql: "ALTER TABLE s.events RENAME TO happenings", reason: "s.events is no partitioned table any more"),
        Change(
            sql: "DROP TABLE s.events; CREATE TABLE s.events (at timestamptz)",
            reason: "s.events is no partitioned table any more"),
        Change(
            sql: "DROP TABLE s.events; CREATE TABLE s.events (at timestamptz) PARTITION BY RANGE (at)",
            reason: "not the table any more"),
        Change(sql: "CREATE TABLE s.rest PARTITION OF s.events DEFAULT", reason: "not the table any more"),
        Change(
            sql: "CREATE TABLE s.t (id integer PRIMARY KEY); ALTER TABLE s.events ADD t integer REFERENCES s.t",
            reason: "not the table any more"),
        Change(sql: "ALTER TABLE s.events OWNER TO pg_monitor", reason: "not the table any more"),
        Change(sql: "ALTER TABLE s.events RENAME at TO instant", reason: "not the table any more"),
        Change(sql: eachSibling("REVOKE ALL ON %s FROM pg_monitor"), reason: "(grants, policies, settings) changed"),
        Change(
            sql: eachSibling("ALTER TABLE %s ENABLE ROW LEVEL SECURITY"), reason: "(grants, policies, settings) changed"
        ),
        Change(
            sql: eachSibling("CREATE POLICY p ON %s USING (id > 0)"), reason: "(grants, policies, settings) changed"),
        Change(
            sql: "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
            reason: "(grants, policies, settings) changed"),
        Change(sql: eachSibling("DROP TABLE %s"), reason: "(grants, policies, settings) changed"),
        Change(
            sql:
                "DO $$ BEGIN EXECUTE format('CREATE VIEW s.%I AS SELECT 1', to_char(now() AT TIME ZONE 'UTC', '\"events_\"YYYY_MM')); END $$",
            reason: "something else is called s.events_"),
    ]

    @Test("supersedes the making of a partition", arguments: PostgresVersion.underTest, changes)
    func supersedesPartition(version: PostgresVersion, change: Change) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(PastSQL.events)
            try await database.psql(Self.eachSibling("GRANT SELECT ON %s TO pg_monitor"))
            let outcome = try await attempt(.partitions, in: database) { try await database.psql(change.sql) }
            guard case .superseded(let reason) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(reason.contains(change.reason))
            #expect(
                try await database.psql(
                    "SELECT count(*) FROM pg_class WHERE relname LIKE 'events\\_%' AND relkind = 'r' AND NOT relispartition"
                ) == "0")
        }
    }

    private static let viewChanges = [
        Change(sql: "DROP MATERIALIZED VIEW s.numbers", reason: "s.numbers is no materialized view any more"),
        Change(
            sql: "DROP MATERIALIZED VIEW s.numbers; CREATE VIEW s.numbers AS SELECT 1 AS n",
            reason: "no materialized view any more"),
        Change(
            sql: "REFRESH MATERIALIZED VIEW s.numbers WITH NO DATA", reason: "can no longer be refreshed concurrently"),
        Change(sql: "DROP INDEX s.numbers_n_idx", reason: "can no longer be refreshed concurrently"),
        Change(
            sql: "ALTER MATERIALIZED VIEW s.numbers OWNER TO pg_monitor",
            reason: "s.numbers belongs to pg_monitor by now"),
    ]

    private static let view = """
        CREATE SCHEMA s;
        CREATE MATERIALIZED VIEW s.numbers AS SELECT 1 AS n;
        CREATE UNIQUE INDEX ON s.numbers (n);
        """

    @Test("supersedes a refresh", arguments: PostgresVersion.underTest, viewChanges)
    func supersedesRefresh(version: PostgresVersion, change: Change) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.view)
            let outcome = try await attempt(.views, in: database) { try await database.psql(change.sql) }
            guard case .superseded(let reason) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(reason.contains(change.reason))
        }
    }

    @Test("supersedes a first population that somebody else has done", arguments: PostgresVersion.underTest)
    func supersedesPopulation(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.view + "REFRESH MATERIALIZED VIEW s.numbers WITH NO DATA")
            let outcome = try await attempt(.views, in: database) {
                try await database.psql("REFRESH MATERIALIZED VIEW s.numbers")
            }
            #expect(outcome == .superseded(reason: "s.numbers was populated meanwhile"))
        }
    }

    @Test("a role that is gone with its table supersedes the step", arguments: PostgresVersion.underTest)
    func supersedesWithoutTheRole(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let owner = "owner_\(database.name)"
            try await database.psql(
                PastSQL.events
                    + "CREATE ROLE \(owner); ALTER TABLE s.events OWNER TO \(owner); GRANT ALL ON SCHEMA s TO \(owner)")
            let outcome = try await attempt(.partitions, in: database) {
                try await database.psql(
                    "REASSIGN OWNED BY \(owner) TO postgres; DROP OWNED BY \(owner); DROP ROLE \(owner)")
            }
            #expect(
                outcome == .superseded(reason: "s.events is not the table any more that was planned for; run again"))
        }
    }

    @Test(
        "somebody who makes the same partition at the same moment is waited for, and supersedes the step",
        arguments: PostgresVersion.underTest)
    func supersedesByARace(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(PastSQL.events)
            let other = try await database.connect()
            let outcome = try await attempt(.partitions, in: database, perStep: .seconds(20)) {
                try await other.execute("BEGIN")
                let name = try await database.psql("SELECT to_char(now() AT TIME ZONE 'UTC', '\"events_\"YYYY_MM')")
                try await other.execute(
                    Statement(
                        unsafe: Self.partition(name, Self.first, Self.second).replacing(
                            "PARTITION OF s.events FOR",
                            with: "(LIKE s.events); ALTER TABLE s.events ATTACH PARTITION s.\(name) FOR")))
            } during: {
                try await database.wait(
                    until:
                        "EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'attempt' AND wait_event_type = 'Lock')"
                )
                try await other.execute("COMMIT")
            }
            #expect(outcome == .superseded(reason: "the range has its partition by now"))
            await other.close()
        }
    }

    @Test("a run plans anew, once, what had changed under its plan", arguments: PostgresVersion.underTest)
    func plansAnew(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(PastSQL.events)
            let sink = RecordingSink { event in
                // Between the plan and its first step, and before either goes on.
                guard case .planned = event else { return }
                let psql = Process()
                psql.executableURL = URL(filePath: database.cluster.folder + "/bin/psql")
                psql.arguments = [database.conninfo(), "-qXc", "CREATE TABLE s.rest PARTITION OF s.events DEFAULT"]
                do { try psql.run() } catch { Issue.record(error) }
                psql.waitUntilExit()
            }
            let summary = await database.tend([.partitions], sink: sink)
            let (before, after) = (summary.outcomes().prefix(4), summary.outcomes().dropFirst(4))
            #expect(before.allSatisfy { $0.hasPrefix("superseded: ") }, "\(before)")
            #expect(after == ["done", "done", "done", "done"])
            #expect(summary.runways.first?.until != nil)
            #expect(try await database.plan([.partitions]).steps.isEmpty)
        }
    }

    /// Plans, lets the world change, and attempts the first step.
    private func attempt(
        _ task: TaskKind, in database: TestDatabase, perStep: Duration = .milliseconds(200),
        after change: () async throws -> Void,
        during: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> StepOutcome {
        let connection = try await database.connect(as: "attempt")
        let definition = database.definition { $0.locks.perStep = perStep }
        let snapshot = try await SnapshotReader(
            definition: definition, tasks: [task], session: database.session(from: connection)
        )
        .read()
        let step = try #require(Planner(definition: definition, tasks: [task]).plan(snapshot).steps.first)
        try await change()
        async let disturbance: Void = during()
        let end = try await step.attempt(
            step.work(serverVersion: snapshot.server.versionNumber), on: connection)
        try await disturbance
        #expect(await !connection.isInTransaction)
        await connection.close()
        return end.outcome
    }
}
