import CivilTime
import DatabaseAccess
import Maintenance
import SchemaManagement
import Synchronization
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// Slots of a quarter of an hour, which the tests give out as a service would.
enum TestSlot {
    static let schedule = Schedule.every(.seconds(900))

    /// The slot that is due now, or `back` slots earlier.
    static func due(_ back: Int = 0) -> Instant {
        var slot = HostClock.now()
        for _ in 0...back { slot = schedule.latest(notAfter: slot.adding(microseconds: -1)) ?? slot }
        return slot
    }

    static func order(_ task: TaskKind, _ back: Int = 0, passed: [PassedSlot] = []) -> SlotOrder {
        SlotOrder(slot: Slot(task: task, due: due(back)), lateAfter: .seconds(86_400), passed: passed)
    }

    /// 32 hexadecimal digits, another one each time.
    static func runID() -> String {
        String(repeating: "0", count: 24) + (0x1000_0000 + count.add(1, ordering: .relaxed).newValue).hexadecimal
    }

    private static let count = Atomic(0)
}

extension BinaryInteger {
    fileprivate var hexadecimal: String { String(self, radix: 16) }
}

extension TestDatabase {
    /// A run of the service for a slot.
    @discardableResult
    func serve(
        _ order: SlotOrder, runID: String = TestSlot.runID(), installsLedger: Bool = true, user: String = "postgres",
        conninfo: String? = nil, sink: RecordingSink = RecordingSink(),
        _ change: (inout DatabaseDefinition) -> Void = { _ in }
    ) async -> RunSummary {
        await MaintenanceRun(
            definition: definition(user: user, conninfo: conninfo) { definition in
                definition.views.schedule.schedule = TestSlot.schedule
                definition.partitions.schedule.schedule = TestSlot.schedule
                change(&definition)
            }, tasks: [order.slot.task], runID: runID, applicationName: "pgtend test", programVersion: "1.2.3",
            order: order, installsLedger: installsLedger, sink: sink
        ).execute()
    }

    /// - Parameter older: how many migrations are left out, as in what an earlier version of pgtend has made.
    func installLedger(older missing: Int = 0, user: String = "postgres") async throws {
        var set = MigrationSet.ledger
        set.migrations.removeLast(missing)
        _ = try await SchemaInstaller(
            conninfo: conninfo(user: user), applicationName: "test", programVersion: "0", set: set
        ).apply()
    }

    /// Rows of the ledger, a line each.
    @discardableResult
    func ledger(_ query: String) async throws -> String {
        try await psql("SET search_path = pgtend_ledger; SET TimeZone = 'UTC'; \(query)")
    }
}

extension TestDatabase {
    /// What the rows of the ledger have to be, a line each.
    func expect(
        ledger query: String, is expected: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await ledger(query)
        #expect(found == expected, sourceLocation: sourceLocation)
    }
}

/// A schema with two views and two partitioned tables.
enum LedgerWorld {
    static let template = Template("ledger_world") { database in
        try await database.psql(
            PastSQL.events + """
                CREATE TABLE s.source (n integer);
                INSERT INTO s.source VALUES (1);
                CREATE MATERIALIZED VIEW s.numbers AS SELECT n FROM s.source;
                CREATE UNIQUE INDEX ON s.numbers (n);
                CREATE MATERIALIZED VIEW s.words AS SELECT n::text AS w FROM s.source;
                CREATE UNIQUE INDEX ON s.words (w);
                """)
    }
}
