import Maintenance
import SQLText
import Synchronization
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// A primary and its streaming standby.
@Suite("Standby and failover", .serialized)
struct StandbyTests {
    private static let world = """
        CREATE MATERIALIZED VIEW s.numbers AS SELECT 1 AS n;
        CREATE UNIQUE INDEX ON s.numbers (n);
        """

    @Test(arguments: PostgresVersion.underTest)
    func aStandbyIsLeftAlone(version: PostgresVersion) async throws {
        let primary = try await Cluster.private(version)
        let standby = try await Cluster.standby(of: primary)
        let definition = DatabaseDefinition(name: "postgres", conninfo: standby.conninfo(), schemas: ["s"])
        let summary = await Self.tend(definition)
        #expect(summary.failure?.sqlState == .readOnlySQLTransaction && summary.failure?.failureClass == .other)
        #expect(summary.reports.isEmpty)
        try await standby.destroy()
        try await primary.destroy()
    }

    @Test func ofSeveralHostsThePrimaryIsTended() async throws {
        let primary = try await Cluster.private()
        try await primary.psql(PastSQL.events)
        let standby = try await Cluster.standby(of: primary)
        let hosts = primary.conninfo(["host": "\(standby.folder),\(primary.folder)"])
        let summary = await Self.tend(DatabaseDefinition(name: "postgres", conninfo: hosts, schemas: ["s"]))
        #expect(summary.verdict == .done && summary.count(.done) == 4)
        try await standby.destroy()
        try await primary.destroy()
    }

    @Test(arguments: PostgresVersion.underTest)
    func aRunGoesOnOnThePrimaryThatWasPromotedMeanwhile(version: PostgresVersion) async throws {
        let primary = try await Cluster.private(version, configuration: ["synchronous_standby_names": "standby"])
        try await primary.psql("SET synchronous_commit = local; " + PastSQL.events + Self.world)
        let standby = try await Cluster.standby(of: primary)
        try await standby.psql("SELECT 1")
        // The second step never gets its lock on the primary that goes away.
        let steps = Count()
        let (killed, kill) = AsyncStream.makeStream(of: Void.self)
        let sink = RecordingSink { event in
            guard case .stepStarted = event, steps.next() == 3 else { return }
            do { try primary.killEverything() } catch { Issue.record(error) }
            kill.finish()
        }
        let hosts = primary.conninfo(["host": "\(primary.folder),\(standby.folder)"])
        async let run = Self.tend(DatabaseDefinition(name: "postgres", conninfo: hosts, schemas: ["s"]), sink)
        for await _ in killed {}
        try await standby.promote()
        let summary = await run
        #expect(summary.verdict == .done, "\(summary.outcomes()) \(String(describing: summary.failure))")
        #expect(summary.count(.done) == 5)
        #expect(
            try await standby.psql(
                "SELECT count(*) FROM pg_inherits WHERE inhparent = 's.events'::regclass") == "8")
        try await standby.destroy()
        try await primary.destroy()
    }

    private static func tend(_ definition: DatabaseDefinition, _ sink: RecordingSink = RecordingSink()) async
        -> RunSummary
    {
        await MaintenanceRun(
            definition: definition, tasks: TaskKind.allCases, runID: String(repeating: "0", count: 32),
            applicationName: "pgtend test", programVersion: "test", sink: sink
        ).execute()
    }
}

/// Counts from 1.
private final class Count: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}
