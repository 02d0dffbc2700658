import Maintenance
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Long work", .serialized)
struct LongWorkTests {
    private static let world = Template("long_work") { database in
        try await database.psql(
            "CREATE SCHEMA s; CREATE TABLE s.source (n integer); INSERT INTO s.source VALUES (1), (2), (3)")
        try await database.installLedger()
    }

    /// A run for the slot that is due now, or by hand.
    private func run(
        in database: TestDatabase, _ order: SlotOrder? = nil, through relay: StatementRelay? = nil,
        _ change: (inout DatabaseDefinition) -> Void = { _ in }
    ) async -> RunSummary {
        let conninfo = relay.map { "host='\($0.folder)' dbname='\(database.name)' user=postgres" }
        return await MaintenanceRun(
            RunContext(
                definition: database.definition(conninfo: conninfo, change), tasks: [.statistics],
                runID: TestSlot.runID(), applicationName: "pgtend test", programVersion: "1", order: order,
                installsLedger: false, sink: RecordingSink(), repertoire: LongWork.repertoire)
        ).execute()
    }

    /// Each effect once, and entered once.
    private func expectPublished(_ database: TestDatabase, _ comment: String = "") async throws {
        let rows = try await database.psql(
            """
            SELECT string_agg(n::text, ',' ORDER BY n), bool_and(i.indisvalid)
            FROM s.published JOIN pg_index AS i ON i.indexrelid = 's.copy_n'::regclass
            """)
        #expect(rows == "2,3,4|t", "\(comment)")
        let entered = try await database.ledger(
            "SELECT split_part(key, ' ', 4), count(*) FROM step WHERE outcome = 'done' GROUP BY key ORDER BY min(id)")
        #expect(entered == "created|1\nfilled|1\nindexed|1\nmarked|1\npublished|1", "\(comment)")
        try await database.expect(ledger: "SELECT content FROM memory", is: #"{"stage": "published"}"#)
    }

    @Test("goes on within a run until nothing is left, and then is not due", arguments: PostgresVersion.underTest)
    func goesOnUntilNothingIsLeft(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: Self.world) { database in
            let summary = await run(in: database)
            #expect(summary.outcomes(of: .statistics) == Array(repeating: "done", count: 5), "\(summary)")
            try await expectPublished(database)
            #expect(await run(in: database).reports.isEmpty)
            // A copy of the database remembers nothing of what was done in the other.
            try await database.ledger("UPDATE memory SET database_oid = 1")
            let remembered = try await LedgerMemory(
                connection: database.connect(as: "copy"), definition: LedgerDefinition()
            ).read(for: [.updateStatistics])
            #expect(remembered == Remembered())
        }
    }

    @Test("is left to the next run when the slice is over")
    func isLeftToTheNextRun() async throws {
        try await TestDatabase.with(template: Self.world) { database in
            for _ in LongWork.Stage.allCases {
                let summary = await run(in: database) { $0.slice = .zero }
                #expect(summary.outcomes(of: .statistics) == ["done"], "\(summary)")
            }
            try await expectPublished(database)
        }
    }

    @Test("is not planned where nothing can be remembered")
    func isNotPlannedWithoutALedger() async throws {
        try await TestDatabase.with(template: Self.world) { database in
            #expect(await run(in: database) { $0.ledger.enabled = false }.reports.isEmpty)
            try await database.psql("DROP SCHEMA pgtend_ledger CASCADE")
            #expect(await run(in: database).reports.isEmpty)
        }
    }

    /// As the journal of a service that was killed would be continued: by another run.
    struct Blow: Sendable, CustomTestStringConvertible {
        let strike: StatementRelay.Strike
        let version: PostgresVersion
        var testDescription: String { "\(strike), \(version)" }
    }

    private static let blows = PostgresVersion.underTest.flatMap { version in
        [StatementRelay.Strike.terminate, .cutBefore, .cutAfter].map { Blow(strike: $0, version: version) }
    }

    @Test("that is struck at any statement is completed, each effect once", arguments: blows)
    func survivesABlowAtAnyStatement(blow: Blow) async throws {
        let cluster = try await Cluster.shared(blow.version)
        let relay = try StatementRelay(to: cluster)
        defer { relay.close() }
        let order = TestSlot.order(.statistics)
        let statements = try await TestDatabase.with(cluster, template: Self.world) { database in
            _ = await run(in: database, order, through: relay)
            try await expectPublished(database)
            return relay.count
        }
        try #require(statements > 0)
        var random = Seeded()
        let variant = Self.blows.count { $0.testDescription < blow.testDescription }
        let numbers = random.struck(of: statements, oneIn: 16, variant: variant)
        print(
            "\(blow.testDescription): \(statements) statements of long work, struck at \(numbers.count) of them "
                + "(seed \(random.seed))")
        for number in numbers {
            try await TestDatabase.with(cluster, template: Self.world) { database in
                relay.strike(blow.strike, at: number)
                var summary = await run(in: database, order, through: relay)
                #expect(relay.count >= number, "statement \(number) never came")
                let patience = ContinuousClock.now + .seconds(30)
                // The session that was struck may still hold its lock for a moment.
                repeat {
                    summary = await run(in: database)
                } while !(summary.verdict == .done && summary.reports.isEmpty) && ContinuousClock.now < patience
                try await expectPublished(database, "after a blow at statement \(number): \(summary)")
                #expect(try await database.leftovers() == "", "after a blow at statement \(number)")
            }
        }
    }
}
