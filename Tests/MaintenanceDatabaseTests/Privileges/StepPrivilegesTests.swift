import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import DatabaseAccess
@testable import MaintenanceDatabase

/// What a run says that the server has refused for want of a privilege: the statements that give what is missing, and no other.
@Suite("Privileges of a step")
struct StepPrivilegesTests {
    /// `body` gets a database, the role that pgtend connects as, and the owner of all that is in schema `s`.
    private func with(
        _ version: PostgresVersion, _ objects: String, _ body: (TestDatabase, String, String) async throws -> Void
    ) async throws {
        try await TestDatabase.with(version) { database in
            let (tender, owner) = ("tender_\(database.name)", "owner_\(database.name)")
            try await database.psql(
                """
                CREATE ROLE \(tender) LOGIN; CREATE ROLE \(owner); GRANT \(owner) TO \(tender);
                \(objects)
                DO $$ DECLARE r regclass; BEGIN
                    FOR r IN SELECT oid FROM pg_class WHERE relnamespace = 's'::regnamespace AND relkind IN ('r', 'p', 'm')
                    LOOP EXECUTE format('ALTER TABLE %s OWNER TO \(owner)', r); END LOOP;
                END $$;
                ALTER SCHEMA s OWNER TO \(owner);
                """)
            try await body(database, tender, owner)
            try await database.psql("DROP OWNED BY \(owner), \(tender) CASCADE; DROP ROLE \(owner), \(tender)")
        }
    }

    private func failures(_ summary: RunSummary) -> [ServerFailure] {
        summary.reports.compactMap { if case .failed(let failure) = $0.outcome { failure } else { nil } }
    }

    private func missing(_ database: TestDatabase, as role: String) async throws -> [PrivilegeFinding] {
        try await PrivilegeCheck(definition: database.definition(user: role), applicationName: "test").findings()
            .filter { $0.severity == .missing }
    }

    @Test(arguments: PostgresVersion.underTest)
    func theTablespacesOfSiblingsAndIndexes(version: PostgresVersion) async throws {
        try await with(version, PastSQL.events) { database, tender, owner in
            let (rows, indexes) = ("rows_\(database.name)", "indexes_\(database.name)")
            for tablespace in [rows, indexes] {
                try await database.psql(
                    "SET allow_in_place_tablespaces = on; CREATE TABLESPACE \(tablespace) LOCATION '';")
            }
            try await database.psql(
                """
                DO $$ DECLARE r regclass; BEGIN
                    FOR r IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 's.events'::regclass
                    LOOP EXECUTE format('ALTER TABLE %s SET TABLESPACE \(rows)', r); END LOOP;
                END $$;
                CREATE INDEX ON s.events (id) TABLESPACE \(indexes);
                """)
            let cures = [rows, indexes].map { "GRANT CREATE ON TABLESPACE \"\($0)\" TO \"\(owner)\"" }
            let missing = try await missing(database, as: tender)
            #expect(missing.flatMap(\.statements).sorted() == cures.sorted(), "\(missing)")
            for left in [cures.sorted(), Array(cures.sorted().dropFirst())] {
                let failed = failures(await database.tend([.partitions], user: tender))
                #expect(Set(failed.map(\.failureClass)) == [.privilege])
                #expect(
                    Set(failed.compactMap(\.cure)) == [.statement(left.map { "\($0);" }.joined(separator: " "))],
                    "\(failed)")
                try await database.psql(left[0])
            }
            let done = await database.tend([.partitions], user: tender)
            #expect(done.outcomes() == Array(repeating: "done", count: 4))
            #expect(try await self.missing(database, as: tender) == [])
            try await database.psql("DROP SCHEMA s CASCADE; CREATE SCHEMA s")
            try await database.psql("DROP TABLESPACE \(rows);")
            try await database.psql("DROP TABLESPACE \(indexes);")
        }
    }

    /// A trigger's function that its owner may not execute is nothing that CREATE on the schema would mend.
    @Test(arguments: PostgresVersion.underTest)
    func noneThatTheRoleHas(version: PostgresVersion) async throws {
        let trigger = """
            CREATE FUNCTION public.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            DO $$ DECLARE r regclass; BEGIN
                FOR r IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 's.events'::regclass LOOP
                    EXECUTE format(
                        'CREATE TRIGGER noted BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION public.noted()', r);
                END LOOP;
            END $$;
            REVOKE EXECUTE ON FUNCTION public.noted() FROM PUBLIC;
            """
        try await with(version, PastSQL.events + trigger) { database, tender, owner in
            let failed = failures(await database.tend([.partitions], user: tender))
            #expect(!failed.isEmpty && Set(failed.map(\.failureClass)) == [.privilege])
            for failure in failed {
                #expect(failure.cure?.description.contains("CREATE") == false, "\(failure)")
                #expect(
                    failure.cure?.description.contains("EXECUTE on the functions of the sibling's triggers") == true,
                    "\(failure)")
            }
            try await database.psql("DROP FUNCTION public.noted() CASCADE; REVOKE CREATE ON SCHEMA s FROM \(owner)")
            let refused = failures(await database.tend([.partitions], user: tender))
            #expect(Set(refused.compactMap(\.cure)) == [.statement("GRANT CREATE ON SCHEMA \"s\" TO \"\(owner)\";")])
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func temporaryForARefresh(version: PostgresVersion) async throws {
        let objects = """
            CREATE SCHEMA s;
            CREATE MATERIALIZED VIEW s.v AS SELECT 1 AS one;
            CREATE UNIQUE INDEX ON s.v (one);
            """
        try await with(version, objects) { database, tender, owner in
            try await database.psql("REVOKE TEMPORARY ON DATABASE \(database.name) FROM PUBLIC")
            let failed = failures(await database.tend([.views], user: tender))
            #expect(failed.map(\.failureClass) == [.privilege])
            #expect(
                failed.first?.cure == .statement("GRANT TEMPORARY ON DATABASE \"\(database.name)\" TO \"\(owner)\";"),
                "\(failed)")
            try await database.psql(failed.first?.cure?.description ?? "")
            #expect(await database.tend([.views], user: tender).outcomes(of: .views) == ["done"])
        }
    }

    /// Whoever may become a superuser is one.
    @Test(arguments: PostgresVersion.underTest)
    func noSuperusersRoleWithoutAWarning(version: PostgresVersion) async throws {
        try await with(version, "CREATE SCHEMA s;") { database, tender, _ in
            try await database.psql(
                PastSQL.events.replacing("CREATE SCHEMA s;", with: "") + """
                    CREATE MATERIALIZED VIEW s.v AS SELECT 1 AS one;
                    CREATE UNIQUE INDEX ON s.v (one);
                    """)
            let plan = try await database.plan(user: tender) { $0.partitions.analysis.enabled = true }
            #expect(plan.refusals.map(\.reason) == [.notOwner, .notOwner, .notOwner], "\(plan.refusals)")
            for refusal in plan.refusals
            where ["GRANT \"postgres\"", "GRANT postgres"].contains(where: refusal.cure.description.contains) {
                #expect(refusal.cure.description.contains("would make pgtend a superuser"), "\(refusal)")
                #expect(refusal.cure.kind == .advice, "\(refusal)")
            }
            #expect(
                plan.refusals.contains {
                    $0.task == .partitions && $0.cure.description.contains("would make pgtend a superuser")
                })
            // As the superuser itself is told how to do with less.
            let advice = try await PrivilegeCheck(definition: database.definition(), applicationName: "test").findings()
            #expect(!advice.flatMap(\.statements).contains { $0.contains("postgres") }, "\(advice)")
            let found = try await missing(database, as: tender).filter { $0.expected.contains("may SET ROLE postgres") }
            #expect(found.allSatisfy { $0.found.contains("is a superuser") } && !found.isEmpty, "\(found)")
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func ofTheLedgersSchemaOnlyWhatIsMissing(version: PostgresVersion) async throws {
        try await with(version, "CREATE SCHEMA s; CREATE SCHEMA pgtend_ledger;") { database, tender, _ in
            for privilege in ["CREATE", "USAGE"] {
                try await database.psql("REVOKE ALL ON SCHEMA pgtend_ledger FROM \(tender)")
                try await database.psql("GRANT \(privilege) ON SCHEMA pgtend_ledger TO \(tender)")
                let connection = try await database.connect(user: tender)
                let missing = try await connection.missingPrivileges(LedgerQuery.rights())
                await connection.close()
                let other = privilege == "CREATE" ? "USAGE" : "CREATE"
                #expect(missing.map(\.description) == ["\(other) on schema pgtend_ledger"])
                #expect(missing.map(\.cure) == ["GRANT \(other) ON SCHEMA pgtend_ledger TO \(tender)"])
            }
        }
    }
}
