import Foundation
import TestSupport
import Testing

/// Statements go by names, and whoever owns a schema may put something else into the place of what stands in it. Here she
/// does so just before the statement that counts.
@Suite("What is put in the place of something", .serialized)
struct SwapTests {
    /// In the tests the table is the victim's, and the schema `guard` is hers.
    private static let setup = """
        CREATE SCHEMA guard AUTHORIZATION :eve; GRANT USAGE, CREATE ON SCHEMA guard TO :victim;
        GRANT USAGE ON SCHEMA vault TO :eve;
        CREATE FUNCTION guard.allowed() RETURNS boolean LANGUAGE sql AS 'SELECT true';
        CREATE FUNCTION guard.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        ALTER FUNCTION guard.allowed() OWNER TO :victim; ALTER FUNCTION guard.note() OWNER TO :victim;
        """
    private static let swap =
        "ALTER SCHEMA guard RENAME TO former; CREATE SCHEMA guard AUTHORIZATION :eve; GRANT ALL ON SCHEMA guard TO PUBLIC;"

    /// A table with three siblings of past months, in a schema that may be another.
    private static func table(_ name: String, partitions: String) -> String {
        """
        CREATE TABLE \(name) (id integer, at date NOT NULL) PARTITION BY RANGE (at);
        DO $$ BEGIN FOR i IN 1..4 LOOP
            EXECUTE format('CREATE TABLE \(partitions)_%s PARTITION OF \(name) FOR VALUES FROM (%L) TO (%L)',
                to_char(date_trunc('month', now()) - make_interval(months => i), 'YYYY_MM'),
                (date_trunc('month', now()) - make_interval(months => i))::date,
                (date_trunc('month', now()) - make_interval(months => i - 1))::date);
        END LOOP; END $$;
        """
    }

    private static func siblings(of table: String, _ sql: String) -> String {
        """
        DO $$ DECLARE t regclass; BEGIN
            FOR t IN SELECT inhrelid FROM pg_inherits WHERE inhparent = '\(table)'::regclass LOOP
                EXECUTE format($f$\(sql)$f$, t);
            END LOOP;
        END $$;
        """
    }

    /// A table of the victim's, with something to copy on each sibling.
    private static func victims(_ table: String, _ copied: String) -> String {
        setup + "SET ROLE :victim;" + self.table(table, partitions: table) + siblings(of: table, copied)
    }

    /// Runs pgtend, and `sql` before the first of its statements with that text.
    private func run(
        _ owner: HostileOwner, schema: String, before text: String, _ sql: String
    ) async throws -> Program.Result {
        let relay = try StatementRelay(to: owner.database.cluster)
        defer { relay.close() }
        let (database, sql) = (owner.database, owner.named(sql))
        relay.pause(before: text) {
            do {
                try await database.psql(sql)
            } catch {
                Issue.record(error)
            }
        }
        return try await Pgtend.run([
            "run", "--schema", schema, "--database", database.conninfo(user: owner.pgtend, ["host": relay.folder]),
        ])
    }

    private static let copies = [
        ("CREATE POLICY p ON %s USING (guard.allowed())", "policy p on table", "function guard.allowed()"),
        (
            "CREATE TRIGGER t BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION guard.note()", "trigger t on table",
            "function guard.note()"
        ),
        (
            """
            CREATE TRIGGER t BEFORE INSERT ON %s FOR EACH ROW WHEN (guard.allowed())
            EXECUTE FUNCTION suppress_redundant_updates_trigger()
            """, "trigger t on table", "function guard.allowed()"
        ),
    ]

    private static let imitation =
        swap + """
            SET ROLE :eve; CREATE FUNCTION guard.allowed() RETURNS boolean LANGUAGE sql AS 'SELECT true';
            CREATE FUNCTION guard.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'
            """

    /// The text of a sibling's policy, parsed again, would mean her function.
    @Test(arguments: copies, PostgresVersion.underTest)
    func isNotCopiedInItsPlace(copy: (sql: String, part: String, code: String), version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(Self.victims("vault.events", copy.sql))
            let result = try await run(owner, schema: "vault", before: "INCLUDING ALL", Self.imitation)
            #expect(result.everything.contains("changed after the plan was made; run again"), "\(result)")
            let hers = try await owner.psql(
                """
                SELECT count(*) FROM pg_depend AS d JOIN pg_proc AS p ON p.oid = d.refobjid
                WHERE d.refclassid = 'pg_proc'::regclass AND p.proowner = ':eve'::regrole
                    AND d.classid IN ('pg_policy'::regclass, 'pg_trigger'::regclass)
                """)
            #expect(hers == "0")
            // The rest of the run is made from what stands by then.
            let made = "SELECT count(*) > 3 FROM pg_inherits WHERE inhparent = 'vault.events'::regclass"
            #expect(try await owner.psql(made) == "t", "\(result)")
        }
    }

    /// Nor by a script that was made before.
    @Test(arguments: copies, PostgresVersion.underTest)
    func isNotCopiedByAScript(copy: (sql: String, part: String, code: String), version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(Self.victims("vault.events", copy.sql))
            let script = try await pgtend(owner, "plan", "--sql", schema: "vault")
            try await owner.psql(Self.imitation)
            do {
                try await owner.database.psql(script.standardOutput, user: owner.pgtend)
                Issue.record("the script went through")
            } catch {
                #expect("\(error)".contains("the \(copy.part) vault.events_"))
                #expect("\(error)".contains("uses \(copy.code), unlike that of vault.events_"), "\(error)")
            }
        }
    }

    /// What is not found by its name has not been compared.
    @Test(arguments: PostgresVersion.underTest)
    func isNotPassedOverWhereItIsAway(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(Self.victims("vault.events", Self.copies[0].0))
            let script = try await pgtend(owner, "plan", "--sql", schema: "vault")
            // Before the statement that compares.
            let text = script.standardOutput
            let compares = try #require(text.range(of: "unlike that of"))
            let proof = try #require(
                text.range(of: "\nDO ", options: .backwards, range: text.startIndex..<compares.lowerBound))
            let away = text.replacingCharacters(in: proof, with: "\nALTER SCHEMA vault RENAME TO former;\nDO ")
            do {
                try await owner.database.psql(away)
                Issue.record("the script went through")
            } catch {
                #expect("\(error)".contains("the partition uses another relation"), "\(error)")
            }
        }
    }

    /// New partitions are given to the owner of their siblings, by their names. So that it is done just then, the schema is
    /// renamed in the script itself.
    @Test(arguments: PostgresVersion.underTest)
    func isNotGivenAwayInThePlaceOfANewPartition(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(
                Self.setup + "SET ROLE :eve;" + Self.table("guard.events", partitions: "guard.events") + "RESET ROLE;"
                    + Self.siblings(of: "guard.events", "ALTER TABLE %s OWNER TO :victim"))
            let script = try await pgtend(owner, "plan", "--sql", schema: "guard")
            let swap = owner.named(
                Self.swap + """
                    SET LOCAL ROLE :eve;
                    DO $$ BEGIN FOR i IN 0..12 LOOP
                        EXECUTE format('CREATE VIEW guard.%I AS SELECT 1 AS id, app.steal() AS stolen',
                            'events_' || to_char(now() + make_interval(months => i), 'YYYY_MM'));
                    END LOOP; END $$;
                    SET LOCAL ROLE NONE;
                    """)
            let swapped = script.standardOutput.replacing(/ALTER TABLE \S+ OWNER TO/, maxReplacements: 1) {
                swap + $0.output
            }
            do {
                try await owner.database.psql(swapped)
                Issue.record("the script went through")
            } catch {
                #expect(
                    "\(error)".contains("is another relation than the one that was created, and was not given away"),
                    "\(error)")
            }
            // Nothing of it is wrong otherwise.
            try await owner.database.psql(script.standardOutput)
        }
    }

    /// The name of the new partition is a table of the victim's meanwhile, from another schema of hers.
    private static let twins = """
        GRANT CREATE ON DATABASE :database TO :eve; CREATE SCHEMA other AUTHORIZATION :eve;
        GRANT USAGE, CREATE ON SCHEMA other, app TO :victim; GRANT USAGE ON SCHEMA vault TO :eve;
        SET ROLE :victim;
        DO $$ BEGIN FOR i IN 0..4 LOOP
            EXECUTE format('CREATE TABLE other.events_%s (id integer, at date NOT NULL)',
                to_char(date_trunc('month', now()) + make_interval(months => i), 'YYYY_MM'));
        END LOOP; END $$;
        SET ROLE :eve;
        """ + table("app.events", partitions: "app.events") + "RESET ROLE;"

    private static let given = [
        (
            siblings(of: "app.events", "ALTER TABLE %s OWNER TO :victim")
                + siblings(of: "app.events", "GRANT SELECT ON %s TO :eve"),
            #"GRANT SELECT ON TABLE \S+ TO "\w+_eve"[^;]*;"#, ":victim"
        ),
        (
            siblings(of: "app.events", "ALTER TABLE %s OWNER TO :victim")
                + siblings(of: "app.events", "GRANT SELECT (id) ON %s TO :eve"),
            #"GRANT SELECT \("id"\) ON TABLE \S+ TO "\w+_eve"[^;]*;"#, ":victim"
        ),
        (
            "CREATE PUBLICATION p;" + siblings(of: "app.events", "ALTER PUBLICATION p ADD TABLE %s"),
            "ALTER PUBLICATION [^;]*;", "NONE"
        ),
    ]

    /// A grant or a place in a publication would be that of a table whose owner knows nothing of it.
    @Test(arguments: given, PostgresVersion.underTest)
    func isNotGivenWhatTheNewPartitionShouldHave(
        what: (sql: String, statement: String, role: String), version: PostgresVersion
    ) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            let setup = (Self.twins + what.sql).replacing(":database", with: owner.database.name)
            try await owner.psql(setup)
            let script = try await pgtend(owner, "plan", "--sql", schema: "app").standardOutput
            let there = "SET LOCAL ROLE NONE; ALTER SCHEMA app RENAME TO away; ALTER SCHEMA other RENAME TO app;"
            let back = "SET LOCAL ROLE NONE; ALTER SCHEMA app RENAME TO other; ALTER SCHEMA away RENAME TO app;"
            let role = owner.named("SET LOCAL ROLE \(what.role);")
            // The partition may have got it as well, from code of hers.
            for both in [false, true] {
                let swapped = script.replacing(try Regex(what.statement), maxReplacements: 1) {
                    "\(there) \(role) SAVEPOINT swapped;\n\(script[$0.range])\nRELEASE SAVEPOINT swapped; \(back) \(role)"
                        + (both ? script[$0.range] : "")
                }
                try #require(swapped != script)
                do {
                    try await owner.database.psql(swapped)
                    Issue.record("the script went through")
                } catch {
                    #expect("\(error)".contains("was not created: another table has got"), "\(error)")
                }
            }
            // Nothing of it is wrong otherwise.
            try await owner.database.psql(pgtend(owner, "plan", "--sql", schema: "app").standardOutput)
        }
    }

    /// A superuser can keep the schema from being renamed while a view in it is refreshed.
    @Test(arguments: PostgresVersion.underTest)
    func doesNotComeWhileAViewIsRefreshed(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(
                Self.setup + """
                    SET ROLE :victim; CREATE MATERIALIZED VIEW guard.numbers AS SELECT 1 AS n;
                    CREATE UNIQUE INDEX ON guard.numbers (n);
                    """)
            let relay = try StatementRelay(to: owner.database.cluster)
            defer { relay.close() }
            let (database, swap) = (owner.database, owner.named("SET lock_timeout = '100ms'; \(Self.swap)"))
            relay.pause(before: "REFRESH MATERIALIZED VIEW") {
                let error = await #expect(throws: (any Error).self) { try await database.psql(swap) }
                #expect(error.map { "\($0)".contains("lock timeout") } == true, "\(String(describing: error))")
            }
            let result = try await Pgtend.run([
                "run", "views", "--schema", "guard", "--database",
                database.conninfo(user: owner.pgtend, ["host": relay.folder]),
            ])
            #expect(result.succeeded, "\(result)")
            let refused = try await Pgtend.run([
                "run", "views", "--schema", "guard", "--database", database.conninfo(user: owner.member),
            ])
            #expect(
                refused.everything.contains(owner.named("schema guard belongs to :eve, who could put")), "\(refused)")
            try await database.psql(owner.named(Self.swap))
        }
    }

    /// New partitions stand where their siblings do, but not where somebody may put other tables in their place.
    @Test(arguments: PostgresVersion.underTest)
    func isExpectedInTheSchemaOfAnotherOwner(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(
                Self.setup + "SET ROLE :victim;" + Self.table("vault.events", partitions: "guard.events"))
            let refused = try await pgtend(owner, "run", schema: "vault")
            #expect(
                refused.everything.contains(owner.named("schema guard belongs to :eve, who could put")), "\(refused)")
            try await owner.psql("ALTER SCHEMA guard OWNER TO postgres; GRANT CREATE, USAGE ON SCHEMA guard TO :victim")
            let result = try await pgtend(owner, "run", schema: "vault")
            #expect(result.succeeded, "\(result)")
            let made = try await owner.psql(
                """
                SELECT count(*) > 4 AND bool_and(c.relowner = ':victim'::regrole AND c.relnamespace = 'guard'::regnamespace)
                FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = h.inhrelid WHERE h.inhparent = 'vault.events'::regclass
                """)
            #expect(made == "t")
        }
    }

    private func pgtend(_ owner: HostileOwner, _ arguments: String..., schema: String) async throws -> Program.Result {
        try await Pgtend.run(
            arguments + ["--schema", schema, "--database", owner.database.conninfo(user: owner.pgtend)])
    }
}
