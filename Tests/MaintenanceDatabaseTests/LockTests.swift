import Maintenance
import PostgresClient
import SQLText
import Synchronization
import TestSupport
import Testing

@Suite("Locks of others", .serialized)
struct LockTests {
    /// What the steps may make others wait, and what a busy machine adds to that.
    private static let deadline = Duration.milliseconds(200)
    private static let tolerance = Duration.milliseconds(250)

    private static let limits: @Sendable (inout DatabaseDefinition) -> Void = { definition in
        definition.locks = LockBudget(perStep: deadline, tries: 2)
        definition.partitions.premake = 0
    }

    struct Obstacle: Sendable, CustomTestStringConvertible {
        let name: String
        let lock: String
        let mode: String
        let relation: String
        var testDescription: String { name }
    }

    private static let obstacles = [
        Obstacle(
            name: "ACCESS EXCLUSIVE on the parent", lock: "LOCK TABLE ONLY s.events", mode: "AccessExclusiveLock",
            relation: "s.events"),
        Obstacle(
            name: "SHARE UPDATE EXCLUSIVE on the parent",
            lock: "LOCK TABLE ONLY s.events IN SHARE UPDATE EXCLUSIVE MODE",
            mode: "ShareUpdateExclusiveLock", relation: "s.events"),
        Obstacle(
            name: "a long SELECT on the DEFAULT partition", lock: "SELECT count(*) FROM s.events_rest",
            mode: "AccessShareLock", relation: "s.events_rest"),
        Obstacle(
            name: "a writer on a referenced table", lock: "UPDATE s.tenants SET id = id", mode: "RowExclusiveLock",
            relation: "s.tenants"),
        Obstacle(
            name: "a writer on a referring table", lock: "INSERT INTO s.notes VALUES (NULL, NULL)",
            mode: "RowExclusiveLock", relation: "s.notes"),
    ]

    private static let tables =
        PastSQL.procedure + """
            CREATE SCHEMA s;
            CREATE TABLE s.tenants (id integer PRIMARY KEY);
            INSERT INTO s.tenants VALUES (1);
            CREATE TABLE s.events (id bigint, at timestamptz, tenant integer REFERENCES s.tenants, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
            CREATE TABLE s.notes (id bigint, at timestamptz, FOREIGN KEY (id, at) REFERENCES s.events);
            CREATE TABLE s.events_rest PARTITION OF s.events DEFAULT;
            CREATE TABLE s.later (at timestamptz) PARTITION BY RANGE (at);
            CREATE TABLE s.earlier (at timestamptz) PARTITION BY RANGE (at);

            """ + PastSQL.months("s.events") + PastSQL.months("s.later") + PastSQL.months("s.earlier")

    @Test(
        "postpone a step, which names them; nobody waits beyond the deadline, and the other tables are done",
        arguments: PostgresVersion.underTest, obstacles)
    func postponesBehind(version: PostgresVersion, obstacle: Obstacle) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.tables)
            let blocker = try await database.connect(as: "nightly report")
            try await blocker.execute("BEGIN")
            try await blocker.execute(Statement(unsafe: obstacle.lock))
            // The blocker itself would stop a writer that needs what it holds: only others are measured.
            let writer =
                obstacle.mode == "AccessExclusiveLock"
                ? nil
                : Writer(
                    try await database.connect(as: "writer"),
                    [
                        "INSERT INTO s.tenants SELECT max(id) + 1 FROM s.tenants",
                        "INSERT INTO s.events_rest VALUES (1, '1999-01-01') ON CONFLICT DO NOTHING",
                    ])
            let writing = Task { try await writer?.run() ?? .zero }
            let sink = RecordingSink()
            let summary = await database.tend([.partitions], sink: sink, Self.limits)
            writer?.stop()
            let longest = try await writing.value

            let report = try #require(summary.reports(on: "s.events").first)
            guard case .postponed(let tries, let blockers) = report.outcome else {
                Issue.record("\(report.outcome)")
                return
            }
            #expect(tries == 2 && report.attempt == 2 && sink.retries == 1)
            let named = try #require(blockers.first { $0.application == "nightly report" })
            #expect(
                named.pid == blocker.server.backendPID && named.user == "postgres"
                    && named.state == "idle in transaction")
            #expect(named.lockMode == obstacle.mode && named.relation.description == obstacle.relation)
            #expect(report.lockWait >= Self.deadline - .milliseconds(40))
            #expect(longest < Self.deadline + Self.tolerance, "a writer waited \(longest)")
            print("\(version), \(obstacle.name): the longest write took \(longest)")
            for table in ["s.later", "s.earlier"] {
                #expect(summary.reports(on: table).map(\.outcome) == [.done])
            }
            #expect(summary.verdict == .postponed)
            #expect(try await database.leftovers() == "")

            try await blocker.execute("ROLLBACK")
            await blocker.close()
            #expect(await database.tend([.partitions], Self.limits).outcomes() == ["done"])
        }
    }

    @Test(
        "rows in the DEFAULT partition fail the step with the cure; the other tables are done",
        arguments: PostgresVersion.underTest)
    func saysThatRowsAreStranded(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.tables + "INSERT INTO s.events VALUES (1, now(), 1);")
            let summary = await database.tend([.partitions], Self.limits)
            guard case .failed(let failure)? = summary.reports(on: "s.events").first?.outcome else {
                Issue.record("\(summary.outcomes())")
                return
            }
            #expect(failure.sqlState == .checkViolation)
            #expect(failure.cure?.description.contains("s.events_rest holds rows of [") ?? false)
            #expect(summary.outcomes().count { $0 == "done" } == 2)
            #expect(try await database.leftovers() == "")
            #expect(
                try await database.psql("SELECT count(*) FROM pg_inherits WHERE inhparent = 's.events'::regclass")
                    == "5")
        }
    }

    @Test(
        "a DEFAULT partition that cannot be scanned in time is given up in time", arguments: PostgresVersion.underTest)
    func givesUpALongScan(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.tables)
            // An autovacuum of so many new rows would hold its lock on the partition for longer than all the tries.
            try await database.psql(
                "ALTER TABLE s.events_rest SET (autovacuum_enabled = off); "
                    + "INSERT INTO s.events_rest SELECT i, '1999-01-01' FROM generate_series(1, 1500000) AS i")
            let writer = Writer(
                try await database.connect(as: "writer"),
                ["INSERT INTO s.events_rest VALUES (0, '1999-01-01') ON CONFLICT DO NOTHING"])
            let writing = Task { try await writer.run() }
            let summary = await database.tend([.partitions]) { definition in
                Self.limits(&definition)
                definition.locks.perStep = .milliseconds(40)
            }
            writer.stop()
            let longest = try await writing.value
            guard case .failed(let failure)? = summary.reports(on: "s.events").first?.outcome else {
                Issue.record("\(summary.outcomes())")
                return
            }
            #expect(failure.sqlState == .queryCanceled && failure.failureClass == .timeout)
            #expect(failure.cure?.description.contains("s.events_rest could not be scanned") ?? false)
            #expect(longest < .milliseconds(40) + Self.tolerance, "a writer waited \(longest)")
            print("\(version), DEFAULT of 1.5 million rows, limit 40 ms: the longest write took \(longest)")
            #expect(try await database.leftovers() == "")
        }
    }

    @Test("the steps on one table share its budget: when it is spent, the others do not wait any more")
    func spendsOneBudgetATable() async throws {
        try await TestDatabase.with { database in
            try await database.psql(PastSQL.events)
            let blocker = try await database.connect(as: "nightly report")
            try await blocker.script(unsafe: "BEGIN; LOCK TABLE ONLY s.events IN SHARE UPDATE EXCLUSIVE MODE")
            let summary = await database.tend([.partitions]) { definition in
                definition.locks = LockBudget(
                    perStep: .milliseconds(100), tries: 1, perTableAndHour: .milliseconds(150))
            }
            #expect(summary.reports.count == 4)
            for (index, report) in summary.reports.enumerated() {
                guard case .postponed(let tries, let blockers) = report.outcome else {
                    Issue.record("\(report.outcome)")
                    continue
                }
                #expect(tries == (index == 0 ? 1 : 0))
                #expect(blockers.map(\.application) == ["nightly report"])
                #expect(index == 0 || report.lockWait == .zero)
            }
            await blocker.close()
        }
    }

    @Test("a statistics step names the session that holds its tenant's row", arguments: PostgresVersion.underTest)
    func namesWhoHoldsTheRow(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.documents (tenant_id integer NOT NULL, content_tsvector tsvector);
                INSERT INTO s.documents VALUES (1, 'a'), (2, 'b');
                CREATE TABLE s.figures (
                    tenant_id integer PRIMARY KEY, total_documents bigint NOT NULL, avg_document_length numeric,
                    term_document_frequencies jsonb, last_updated timestamptz);
                INSERT INTO s.figures VALUES (1, 0);
                """)
            func change(_ definition: inout DatabaseDefinition) {
                Self.limits(&definition)
                definition.corpora = [
                    CorpusDefinition(
                        source: RelationName(schema: "s", name: "documents"),
                        target: RelationName(schema: "s", name: "figures"))
                ]
            }
            let blocker = try await database.connect(as: "import")
            try await blocker.script(unsafe: "BEGIN; SELECT FROM s.figures WHERE tenant_id = 1 FOR UPDATE")
            let summary = await database.tend([.statistics], change)
            #expect(summary.outcomes(of: .statistics) == ["postponed", "done"])
            guard case .postponed(_, let blockers)? = summary.reports.first?.outcome else { return }
            #expect(blockers.map(\.pid) == [blocker.server.backendPID])
            #expect(blockers.first?.lockMode == "RowShareLock" && blockers.first?.relation.name == "figures")
            await blocker.close()
        }
    }

    @Test(
        "what follows ATTACH has no more than what ATTACH has left of the deadline",
        arguments: PostgresVersion.underTest)
    func countsAllWorkUnderTheLocks(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            // The trigger's state is an ALTER TABLE of its own behind ATTACH, and each ALTER TABLE takes 0.4 seconds.
            try await database.psql(
                PastSQL.events + """
                    CREATE TABLE s.events_rest PARTITION OF s.events DEFAULT;
                    CREATE FUNCTION s.stay() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                    CREATE TRIGGER stay BEFORE INSERT ON s.events FOR EACH ROW EXECUTE FUNCTION s.stay();
                    DO $$ DECLARE t regclass; BEGIN
                        FOR t IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 's.events'::regclass
                        LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER stay', t); END LOOP;
                    END $$;
                    CREATE FUNCTION public.slow() RETURNS event_trigger LANGUAGE plpgsql AS
                        'BEGIN PERFORM pg_sleep(0.4); END';
                    CREATE EVENT TRIGGER slow ON ddl_command_start WHEN TAG IN ('ALTER TABLE')
                        EXECUTE FUNCTION public.slow();
                    """)
            let summary = await database.tend([.partitions]) { definition in
                Self.limits(&definition)
                definition.locks.perStep = .milliseconds(600)
            }
            guard case .failed(let failure)? = summary.reports.first?.outcome else {
                Issue.record("\(summary.outcomes())")
                return
            }
            #expect(failure.failureClass == .timeout)
            try await database.psql("ALTER EVENT TRIGGER slow DISABLE")
            #expect(await database.tend([.partitions], Self.limits).outcomes() == ["done"])
        }
    }

    @Test(
        "a referenced table that our role may not lock is locked by ATTACH itself", arguments: PostgresVersion.underTest
    )
    func attachesWithoutPrivilegeOnTheReferencedTable(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let owner = "owner_\(database.name)"
            try await database.psql(Self.tables)
            try await database.psql(
                """
                CREATE ROLE \(owner) LOGIN;
                GRANT ALL ON SCHEMA s TO \(owner);
                DO $$ DECLARE t regclass; BEGIN
                    FOR t IN SELECT oid FROM pg_class WHERE relname LIKE 'events%' AND relkind IN ('r', 'p') AND relname <> 'events_rest'
                    LOOP EXECUTE format('ALTER TABLE %s OWNER TO \(owner)', t); END LOOP;
                END $$
                """)
            func change(_ definition: inout DatabaseDefinition) {
                Self.limits(&definition)
                definition.partitions.discover = false
                definition.partitionSets = [PartitionSetDefinition(table: RelationName(schema: "s", name: "events"))]
            }
            let blocker = try await database.connect(as: "nightly report")
            try await blocker.script(unsafe: "BEGIN; UPDATE s.tenants SET id = id")
            let summary = await database.tend([.partitions], user: owner, change)
            guard case .postponed(_, let blockers)? = summary.reports.first?.outcome else {
                Issue.record("was not postponed: \(summary.outcomes())")
                return
            }
            #expect(blockers.map(\.application) == ["nightly report"])
            await blocker.close()
            #expect(await database.tend([.partitions], user: owner, change).outcomes() == ["done"])
            try await database.psql("DROP OWNED BY \(owner) CASCADE; DROP ROLE \(owner)")
        }
    }

    @Test(
        "a rewrite of a partition stops neither the reading of the catalog nor the run",
        arguments: PostgresVersion.underTest)
    func readsBoundsOfLockedPartitions(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.tables)
            let blocker = try await database.connect(as: "VACUUM FULL")
            let partition = try await database.psql(
                "SELECT max(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 's.later'::regclass")
            try await blocker.script(unsafe: "BEGIN; LOCK TABLE \(partition)")
            let summary = await database.tend([.partitions], Self.limits)
            #expect(summary.failure == nil && summary.outcomes() == ["done", "done", "done"])
            await blocker.close()
        }
    }
}

/// Writes until it is told to stop, and keeps the longest time that a statement took.
final class Writer: Sendable {
    private let connection: Connection
    private let statements: [String]
    private let isStopped = Atomic(false)

    init(_ connection: Connection, _ statements: [String]) {
        self.connection = connection
        self.statements = statements
    }

    func stop() { isStopped.store(true, ordering: .releasing) }

    func run() async throws -> Duration {
        var longest = Duration.zero
        while !isStopped.load(ordering: .acquiring) {
            for statement in statements {
                let start = ContinuousClock.now
                try await connection.execute(Statement(unsafe: statement))
                longest = max(longest, start.duration(to: .now))
            }
        }
        await connection.close()
        return longest
    }
}
