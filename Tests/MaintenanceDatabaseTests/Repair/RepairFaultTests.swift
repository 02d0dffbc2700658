import Foundation
import Maintenance
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// A few statements of a repair in each run of the tests, all of them with `make test-repair`; PGTEND_TEST_REPAIR may be a
/// number, too.
@Suite("Faults of the repair", .serialized)
struct RepairFaultTests {
    private static let wish = ProcessInfo.processInfo.environment["PGTEND_TEST_REPAIR"]
    private static let sample = wish.flatMap { Int($0) } ?? 6

    @Test func aRepairThatIsKilledAtAnyStatementIsCompletedByTheNext() async throws {
        let cluster = try await Cluster.shared()
        let relay = try StatementRelay(to: cluster)
        defer { relay.close() }
        let statements = try await TestDatabase.with(cluster, template: DriftedDatabase.small) { database in
            try await database.repair(through: relay.folder)
            return relay.count
        }
        try #require(statements > 0)
        var random = Seeded()
        let numbers = Self.wish == "all" ? Array(1...statements) : Self.sample(of: statements, &random)
        print(
            "\(statements) statements a repair, struck at \(numbers.count) of them (seed \(random.seed)): \(numbers.prefix(20))"
        )

        for number in numbers {
            try await TestDatabase.with(cluster, template: DriftedDatabase.small) { database in
                try await KeptRows.keep(database)
                relay.strike(number % 3 == 0 ? .cutAfter : number % 3 == 1 ? .terminate : .cutBefore, at: number)
                await #expect(throws: (any Error).self, "statement \(number)") {
                    try await database.repair(through: relay.folder)
                }
                #expect(relay.count >= number)
                let after = try await database.repair()
                #expect(after.plan.refusals == [], "statement \(number)")
                #expect(after.verification.gap.isClosed, "statement \(number): \(after.verification.gap)")
                #expect(try await KeptRows.losses(database) == "", "statement \(number)")
                let leftovers = try await database.leftovers
                #expect(leftovers == "", "statement \(number)")
                #expect(try await database.psql("SELECT version, dirty FROM public.schema_migrations") == "1|f")
            }
        }
    }

    /// One in each of as many equal parts.
    private static func sample(of statements: Int, _ random: inout Seeded) -> [Int] {
        let part = max(1, statements / max(1, sample))
        return (0..<sample).map { min(statements, $0 * part + Int.random(in: 1...part, using: &random)) }
    }

    @Test func anInstallationThatIsKilledAtAnyStatementIsCompletedByTheNext() async throws {
        let cluster = try await Cluster.shared()
        let relay = try StatementRelay(to: cluster)
        defer { relay.close() }
        let install = { (database: TestDatabase, folder: String?) in
            try await SchemaInstaller(
                conninfo: database.conninfo(folder.map { ["host": $0] } ?? [:]), applicationName: "pgtend test",
                programVersion: "1.2.3"
            ).apply()
        }
        let statements = try await TestDatabase.with(cluster) { database in
            _ = try await install(database, relay.folder)
            return relay.count
        }
        try #require(statements > 0)
        print("\(statements) statements an installation, struck at each")
        for number in 1...statements {
            for strike in [StatementRelay.Strike.terminate, .cutAfter] {
                try await TestDatabase.with(cluster) { database in
                    relay.strike(strike, at: number)
                    // At the very end it may have been done already.
                    _ = try? await install(database, relay.folder)
                    #expect(relay.count >= number)
                    _ = try await install(database, nil)
                    let verification = try await SchemaVerifier(
                        conninfo: database.conninfo(), applicationName: "pgtend test"
                    ).verify()
                    #expect(verification.gap.isClosed, "\(strike) at statement \(number)")
                    #expect(try await database.psql("SELECT count(*) FROM pgtend.schema_migrations") == "1")
                }
            }
        }
    }
}

extension TestDatabase {
    /// What stands only while a repair is on its way.
    fileprivate var leftovers: String {
        get async throws {
            try await psql(
                """
                SELECT 'relation', c.relname FROM pg_class AS c
                WHERE c.relnamespace = 'mcp'::regnamespace AND c.relname LIKE 'pgtend%'
                UNION ALL
                SELECT 'function', p.proname FROM pg_proc AS p
                WHERE p.pronamespace = 'mcp'::regnamespace AND p.proname LIKE 'pgtend%'
                UNION ALL
                SELECT 'trigger', t.tgname FROM pg_trigger AS t WHERE t.tgname LIKE '%pgtend%'
                UNION ALL
                SELECT 'constraint', k.conname FROM pg_constraint AS k
                WHERE k.conname LIKE 'pgtend%' AND k.conname NOT LIKE 'pgtend_old%'
                UNION ALL
                SELECT 'index', i.indexrelid::regclass::text FROM pg_index AS i WHERE NOT i.indisvalid
                """)
        }
    }
}
