import DatabaseAccess
import Foundation
import Maintenance
import PostgresClient
import SQLText
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Installing the ledger")
struct LedgerInstallationTests {
    /// Who installs it, and what an administrator did for that before.
    enum Installer: String, CaseIterable, CustomTestStringConvertible {
        case superuser
        case roleWithCreate = "role with CREATE on the database"
        case ownerOfThePreparedSchema = "owner of a prepared schema"
        case roleWithGrantsOnAPreparedSchema = "role with CREATE on a schema of another"
        var testDescription: String { rawValue }

        func preparation(_ role: String, in database: String) -> String {
            switch self {
            case .superuser: "ALTER ROLE \(role) SUPERUSER"
            case .roleWithCreate: "GRANT CREATE ON DATABASE \"\(database)\" TO \(role)"
            case .ownerOfThePreparedSchema: "CREATE SCHEMA pgtend_ledger AUTHORIZATION \(role)"
            case .roleWithGrantsOnAPreparedSchema:
                "CREATE SCHEMA pgtend_ledger; GRANT CREATE, USAGE ON SCHEMA pgtend_ledger TO \(role)"
            }
        }
    }

    @Test("is made by the first slot", arguments: Installer.allCases, PostgresVersion.underTest)
    func isMadeByTheFirstSlot(installer: Installer, version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await withRole(in: database) { role in
                try await database.psql(installer.preparation(role, in: database.name))
                let sink = RecordingSink()
                let order = TestSlot.order(.views)
                let summary = await database.serve(order, user: role, sink: sink)
                #expect(summary.failure == nil && summary.slot?.unrecorded == nil, "\(summary)")
                #expect(summary.slot?.state == .ran(late: false))
                #expect(sink.serviceEvents == [.ledgerInstalled(database: database.name)])
                try await database.expect(ledger: "SELECT state FROM slot", is: "ran")

                let second = RecordingSink()
                await database.serve(TestSlot.order(.partitions), user: role, sink: second)
                #expect(second.serviceEvents == [])
                try await database.expect(ledger: "SELECT count(*) FROM slot WHERE state = 'ran'", is: "2")
            }
        }
    }

    /// As README.md has it, which DROP ROLE alone cannot do.
    @Test("is removed from a database with its role", arguments: PostgresVersion.underTest)
    func isRemovedWithItsRole(version: PostgresVersion) async throws {
        let file = URL(filePath: #filePath).appending(path: "../../../../README.md").standardizedFileURL
        let readme = try String(contentsOf: file, encoding: .utf8)
        let removal = try #require(readme.firstMatch(of: #/```sql\n(DROP SCHEMA [^`]+)```/#)).1
        #expect(readme.contains("`DROP ROLE pgtend;`"))
        try await TestDatabase.with(version) { database in
            let (role, owner) = ("keeper_\(database.name)", "owner_\(database.name)")
            try await database.psql(
                """
                CREATE ROLE \(owner); CREATE ROLE \(role) LOGIN;
                GRANT \(owner) TO \(role); GRANT CREATE, TEMPORARY ON DATABASE "\(database.name)" TO \(role);
                CREATE SCHEMA s AUTHORIZATION \(owner);
                GRANT USAGE ON SCHEMA s TO \(role);
                CREATE MATERIALIZED VIEW s.v AS SELECT 1 AS n;
                ALTER MATERIALIZED VIEW s.v OWNER TO \(owner);
                """)
            #expect(await database.serve(TestSlot.order(.views), user: role).slot?.unrecorded == nil)
            await #expect(throws: (any Error).self) { try await database.psql("DROP ROLE \(role)") }
            try await database.psql(String(removal).replacing("BY pgtend", with: "BY \(role)"))
            try await database.psql("DROP ROLE \(role)")
            #expect(
                try await database.psql("SELECT n FROM s.v; SELECT to_regnamespace('pgtend_ledger') IS NULL") == "1\nt")
            try await database.psql("DROP OWNED BY \(owner) CASCADE; DROP ROLE \(owner)")
        }
    }

    @Test("leaves the session the limits that it had")
    func leavesTheSessionItsLimits() async throws {
        try await TestDatabase.with { database in
            let connection = try await database.connect(as: "first run")
            try await connection.setForSession(unsafe: "SET lock_timeout = '321ms'")
            _ = try await MigrationRunner(connection: connection, set: .ledger, programVersion: "0").apply()
            let row = try await connection.row("SELECT current_setting('lock_timeout') AS limit")
            #expect(try row.decode("limit") == "321ms")
        }
    }

    @Test("without rights the slot is run all the same, and the cure makes the ledger")
    func goesOnWithoutRights() async throws {
        try await TestDatabase.with { database in
            try await withRole(in: database) { role in
                let order = TestSlot.order(.views)
                let summary = await database.serve(order, user: role)
                #expect(summary.failure == nil && summary.slot?.state == .ran(late: false))
                let failure = try #require(summary.slot?.unrecorded)
                #expect(failure.failureClass == .privilege)
                let cure = try #require(failure.cure?.description)
                try await database.psql(String(cure.trimmingPrefix("let a superuser run: ")))
                let recorded = await database.serve(order, user: role)
                #expect(recorded.slot?.unrecorded == nil && recorded.slot?.state == .ran(late: false))
            }
        }
    }

    @Test("what another role has installed is used once it is granted")
    func usesWhatIsGranted() async throws {
        try await TestDatabase.with { database in
            try await withRole(in: database) { role in
                await database.serve(TestSlot.order(.views))
                let refused = await database.serve(TestSlot.order(.views, 0), user: role)
                let failure = try #require(refused.slot?.unrecorded)
                #expect(failure.sqlState == .insufficientPrivilege)
                let cure = try #require(failure.cure?.description)
                try await database.psql(
                    String(cure.trimmingPrefix("let the owner of schema pgtend_ledger run: ")))
                let granted = await database.serve(TestSlot.order(.partitions), user: role)
                #expect(granted.slot?.unrecorded == nil && granted.slot?.state == .ran(late: false))
                try await database.expect(ledger: "SELECT count(*) FROM run", is: "2")
            }
        }
    }

    @Test("what a role that is no superuser has installed is another's alone where the configuration names it")
    func usesTheNamedOwners() async throws {
        try await TestDatabase.with { database in
            try await withRole(in: database) { role in
                let other = "\(role)_other"
                try await database.psql(
                    "CREATE ROLE \(other) LOGIN; CREATE SCHEMA pgtend_ledger AUTHORIZATION \(role)")
                await database.serve(TestSlot.order(.views), user: role)
                try await database.psql(
                    """
                    GRANT USAGE ON SCHEMA pgtend_ledger TO \(other);
                    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgtend_ledger TO \(other);
                    """)
                let refused = await database.serve(TestSlot.order(.partitions), user: other)
                #expect(refused.slot?.unrecorded?.failureClass == .refused)
                #expect(refused.slot?.unrecorded?.message.contains("it belongs to role \(role)") == true)
                let named = await database.serve(TestSlot.order(.partitions), user: other) { $0.ledger.owner = role }
                #expect(named.slot?.unrecorded == nil && named.slot?.state == .ran(late: false), "\(named)")
                try await database.psql("DROP OWNED BY \(other); DROP ROLE \(other)")
            }
        }
    }

    @Test("several services that install it at once have it once", arguments: PostgresVersion.underTest)
    func isMadeOnce(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: LedgerWorld.template) { database in
            let sinks = (0..<4).map { _ in RecordingSink() }
            let summaries = await withTaskGroup(of: RunSummary.self) { group in
                for (index, sink) in sinks.enumerated() {
                    let order = TestSlot.order(index % 2 == 0 ? .views : .partitions)
                    group.addTask { await database.serve(order, sink: sink) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(sinks.flatMap(\.serviceEvents) == [.ledgerInstalled(database: database.name)])
            #expect(summaries.allSatisfy { $0.failure == nil && $0.slot?.unrecorded == nil }, "\(summaries)")
            let completed = try await database.ledger(
                "SELECT count(*), count(DISTINCT slot_id) FROM run WHERE state = 'completed'")
            #expect(completed == "2|2")
        }
    }

    @Test("where it is switched off nothing is made or asked")
    func isLeftAlone() async throws {
        try await TestDatabase.with { database in
            let summary = await database.serve(TestSlot.order(.views)) { $0.ledger.enabled = false }
            #expect(summary.slot?.state == .ran(late: false))
            #expect(summary.slot?.unrecorded?.message == "the ledger is switched off for this database")
            let isMissing = try await database.psql("SELECT to_regnamespace('pgtend_ledger') IS NULL")
            #expect(isMissing == "t")
        }
    }

    @Test("a ledger of a newer pgtend is left alone")
    func leavesANewerOneAlone() async throws {
        try await TestDatabase.with { database in
            await database.serve(TestSlot.order(.views))
            try await database.ledger(
                "INSERT INTO schema_migrations VALUES (99, 'to_come', repeat('0', 64), now(), 'somebody', '99.0')")
            let summary = await database.serve(TestSlot.order(.partitions))
            #expect(summary.failure?.message.contains("migration 99 of a newer pgtend") == true)
            #expect(summary.slot?.state == .open && summary.reports.isEmpty)
        }
    }

    @Test(
        "the ledger of an older pgtend is migrated by the service, with what it holds",
        arguments: PostgresVersion.underTest)
    func migratesAnOlderOne(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await withRole(in: database) { role in
                let reader = "\(role)_reader"
                try await database.psql("CREATE ROLE \(reader); CREATE SCHEMA pgtend_ledger AUTHORIZATION \(role)")
                try await database.installLedger(older: 1, user: role)
                try await database.psql(
                    """
                    INSERT INTO pgtend_ledger.slot (database_name, task, due, state, reason, ended_at)
                    VALUES ('old', 'views', '2020-01-01', 'missed', 'nobody was there', now());
                    GRANT SELECT ON ALL TABLES IN SCHEMA pgtend_ledger TO \(reader)
                    """)

                // Whoever migrates it, it stays in the hands that it was in, and granted to whom it was.
                let sink = RecordingSink()
                let summary = await database.serve(TestSlot.order(.views), sink: sink) { $0.ledger.owner = role }
                #expect(summary.slot?.unrecorded == nil && summary.slot?.state == .ran(late: false), "\(summary)")
                #expect(sink.serviceEvents == [.ledgerMigrated(database: database.name)])
                try await database.expect(ledger: "SELECT count(*) FROM slot WHERE database_name = 'old'", is: "1")
                try await database.expect(
                    ledger: """
                        SELECT DISTINCT relowner::regrole::text FROM pg_class
                        WHERE relnamespace = 'pgtend_ledger'::regnamespace
                        """, is: role)
                try await database.expect(
                    ledger: "SELECT has_table_privilege('\(reader)', 'memory', 'SELECT, UPDATE'), "
                        + "has_table_privilege('\(reader)', 'memory', 'INSERT')", is: "t|f")
                let own = await database.serve(TestSlot.order(.partitions), user: role)
                #expect(own.slot?.unrecorded == nil && own.slot?.state == .ran(late: false), "\(own)")
                try await database.psql("DROP OWNED BY \(reader); DROP ROLE \(reader)")
            }
        }
    }

    @Test("a ledger of an older pgtend is called that, by whoever may not or does not migrate it")
    func namesAnOlderOne() async throws {
        try await TestDatabase.with { database in
            try await withRole(in: database) { role in
                try await database.installLedger(older: 1)
                let said = "the ledger has had migration 4 of an older pgtend; this one works with migration 5"
                // By hand: nothing is installed.
                let sink = RecordingSink()
                let byHand = await database.tend([.views], sink: sink)
                #expect(byHand.failure == nil)
                guard case .ledgerUnavailable(_, let failure) = try #require(sink.serviceEvents.first) else {
                    Issue.record("\(sink.serviceEvents)")
                    return
                }
                #expect(failure.message == said)
                // To read it: as for a newer one.
                await #expect(throws: ServerFailure.self) {
                    _ = try await LedgerReader.read(database.definition(), applicationName: "test") { _ in true }
                }
                // A service of another role.
                let other = await database.serve(TestSlot.order(.views), user: role)
                #expect(other.slot?.state == .ran(late: false))
                #expect(other.slot?.unrecorded?.failureClass == .privilege, "\(other)")
                try await database.expect(ledger: "SELECT max(number) FROM schema_migrations", is: "4")
            }
        }
    }

    @Test("every table and column has its comment", arguments: PostgresVersion.underTest)
    func isCommented(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            await database.serve(TestSlot.order(.views))
            let bare = try await database.psql(
                """
                SELECT c.relname, a.attname FROM pg_class AS c
                JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum >= 0 AND NOT a.attisdropped
                WHERE c.relnamespace = 'pgtend_ledger'::regnamespace AND c.relkind = 'r'
                    AND col_description(c.oid, a.attnum) IS NULL
                """)
            #expect(bare == "")
            let tables = try await database.psql(
                """
                SELECT count(*), count(obj_description(c.oid, 'pg_class')) FROM pg_class AS c
                WHERE c.relnamespace = 'pgtend_ledger'::regnamespace AND c.relkind = 'r'
                """)
            #expect(tables == "5|5")
        }
    }

    private func withRole(in database: TestDatabase, _ body: (String) async throws -> Void) async throws {
        let role = "tender_\(database.name)"
        try await database.psql("CREATE ROLE \(role) LOGIN")
        do {
            try await body(role)
        } catch {
            try await database.psql("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
            throw error
        }
        try await database.psql("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
    }
}

extension RecordingSink {
    /// Without what each run of a service says of a superuser, as which many tests connect.
    var serviceEvents: [ServiceEvent] {
        events.compactMap {
            switch $0 {
            case .service(.roleExceeds): nil
            case .service(let event): event
            default: nil
            }
        }
    }
}
