import Foundation
import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import MaintenanceDatabase

extension TestDatabase {
    /// A run's connections, the first of which is open.
    func session(from connection: Connection, notices: NoticeLog = NoticeLog()) -> RunSession {
        RunSession(first: connection, notices: notices) { [conninfo = conninfo()] () async throws(PostgresError) in
            try await Connection.open(ConnectionInfo(parsing: conninfo))
        }
    }
}

extension TestDatabase {
    /// What a test of this database tends: the schema `s`, unless `change` says otherwise.
    func definition(
        user: String = "postgres", conninfo: String? = nil, _ change: (inout DatabaseDefinition) -> Void = { _ in }
    ) -> DatabaseDefinition {
        var definition = DatabaseDefinition(
            name: name, conninfo: conninfo ?? self.conninfo(user: user), schemas: ["s"])
        change(&definition)
        return definition
    }

    /// One whole run.
    @discardableResult
    func tend(
        _ tasks: [TaskKind] = TaskKind.allCases, user: String = "postgres", sink: RecordingSink = RecordingSink(),
        _ change: (inout DatabaseDefinition) -> Void = { _ in }
    ) async -> RunSummary {
        await MaintenanceRun(
            definition: definition(user: user, change), tasks: tasks, runID: String(repeating: "0", count: 32),
            applicationName: "pgtend test", programVersion: "0", sink: sink
        ).execute()
    }

    /// The plan that a run would have now.
    func plan(
        _ tasks: [TaskKind] = TaskKind.allCases, user: String = "postgres", counting: DefaultCounting = .bridges,
        _ change: (inout DatabaseDefinition) -> Void = { _ in }
    ) async throws -> Plan {
        try await MaintenanceRun(
            definition: definition(user: user, change), tasks: tasks, runID: String(repeating: "0", count: 32),
            applicationName: "pgtend test", programVersion: "0", sink: RecordingSink()
        ).plan(counting: counting).plan
    }

    /// Tables of the schema `s` that are no partition although one of the parents' names begins theirs: what a run that
    /// was stopped half way must not leave.
    func leftovers() async throws -> String {
        try await psql(
            """
            SELECT c.oid::regclass FROM pg_class AS c WHERE c.relkind = 'r' AND NOT c.relispartition
                AND c.relnamespace = 's'::regnamespace
                AND EXISTS (
                    SELECT FROM pg_class AS p WHERE p.relkind = 'p' AND p.relnamespace = c.relnamespace
                        AND starts_with(c.relname, p.relname))
            """)
    }
}

extension RunSummary {
    /// The words for each step of a kind, with what went wrong behind them: "done", "failed: …".
    func outcomes(of kind: TaskKind = .partitions) -> [String] {
        reports.filter { $0.step.task == kind }.map { report in
            switch report.outcome {
            case .failed(let failure): "failed: \(failure)"
            case .superseded(let reason), .interrupted(let reason): "\(report.outcome.word): \(reason)"
            case .done, .postponed: report.outcome.word
            }
        }
    }

    func reports(on table: String) -> [StepReport] {
        reports.filter { $0.step.object.description == table }
    }
}

/// SQL that makes partitioned tables with a past.
enum PastSQL {
    /// A procedure `siblings`: `count` partitions of `parent`, the newest one beginning at the civil time `newest`,
    /// which is read in `zone` for a key with a zone. `pattern` is to_char's.
    static let procedure = """
        CREATE PROCEDURE siblings(
            parent regclass, pattern text, step interval, newest timestamp, count integer, zone text DEFAULT NULL
        ) LANGUAGE plpgsql AS $$
        DECLARE lower_bound timestamp; upper_bound timestamp; schema_name name; table_name name;
        BEGIN
            SELECT n.nspname, c.relname INTO schema_name, table_name
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = parent;
            FOR i IN REVERSE count - 1..0 LOOP
                lower_bound := newest - i * step;
                upper_bound := newest - (i - 1) * step;
                EXECUTE format(
                    'CREATE TABLE %I.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)', schema_name,
                    table_name || to_char(lower_bound, pattern), parent,
                    CASE WHEN zone IS NULL THEN lower_bound::text ELSE (lower_bound AT TIME ZONE zone)::text END,
                    CASE WHEN zone IS NULL THEN upper_bound::text ELSE (upper_bound AT TIME ZONE zone)::text END);
            END LOOP;
        END $$;
        """

    /// `s.events`, monthly in UTC, whose newest partition is two months old.
    static let events =
        procedure + """
            CREATE SCHEMA s;
            CREATE TABLE s.events (id bigint, at timestamptz NOT NULL, note text) PARTITION BY RANGE (at);
            """ + months("s.events")

    /// Four: among as many in a row one has a zero in front, so that the names of the others are read in one way.
    static func months(_ table: String, newest: String = "2 months") -> String {
        """

        CALL siblings('\(table)', '_YYYY_MM', '1 month',
            date_trunc('month', now() AT TIME ZONE 'UTC') - interval '\(newest)', 4, 'UTC');

        """
    }
}

extension TestDatabase {
    /// psql that holds up whoever calls: between two events of a run nothing of it goes on.
    func psqlNow(_ sql: String) {
        let psql = Process()
        psql.executableURL = URL(filePath: cluster.folder + "/bin/psql")
        psql.arguments = [conninfo(), "-qXc", sql]
        do { try psql.run() } catch { Issue.record(error) }
        psql.waitUntilExit()
        #expect(psql.terminationStatus == 0)
    }
}
