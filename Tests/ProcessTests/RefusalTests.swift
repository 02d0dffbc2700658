import Foundation
import TestSupport
import Testing

/// What pgtend cannot or may not tend is said, and everything else is done.
@Suite("Refusals", .serialized)
struct RefusalTests {
    @Test(arguments: PostgresVersion.underTest)
    func tendsTheGoodTablesBesideThoseItCannotUnderstand(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Shop.agedTables(in: "shop") + Shop.tablesNotUnderstood)
            let result = try await database.pgtend("run", "--schema", "shop")
            #expect(result.ending == .exited(2), "\(result)")
            for (table, words) in [
                ("by_hash", "HASH"), ("by_list", "LIST"), ("by_two", "several columns"),
                ("by_expression", "expression"),
                ("by_number", "bigint"),
            ] {
                let line = result.standardError.split(separator: "\n").first {
                    $0.contains("shop.\(table) is not tended")
                }
                #expect(line?.contains(words) == true, "\(table): \(result)")
                #expect(line?.contains("; cure: ") == true, "\(table): \(result)")
            }
            try await database.psql(Shop.insertsForNow(in: "shop"))
            let plan = try await database.pgtend("plan", "--schema", "shop")
            #expect(plan.ending == .exited(2))
            #expect(plan.standardOutput.hasSuffix("\nnothing to do; 5 refused\n"), "\(plan)")
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func tendsObjectsOfAnyName(version: PostgresVersion) async throws {
        let names = [
            "with space", "with \"quotes\"", "semi;colon", "it's", "two\nlines", "dollar$1", "--comment", "{source}",
            String(repeating: "ß", count: 27),
        ]
        try await TestDatabase.with(version) { database in
            try await database.psql("CREATE SCHEMA \"odd \"\" sch\nema\"")
            let schema = "odd \" sch\nema"
            for name in names { try await database.psql(Self.table(schema, name)) }
            try await database.psql(
                """
                CREATE MATERIALIZED VIEW \(Self.quoted(schema)).\(Self.quoted("view \"of\"\n'things'")) AS SELECT 1 AS one;
                CREATE UNIQUE INDEX ON \(Self.quoted(schema)).\(Self.quoted("view \"of\"\n'things'")) (one);
                """)
            let result = try await database.pgtend("run", "--schema", schema)
            #expect(result.ending == .exited(0), "\(result)")
            // No name breaks a line: a line for each of the steps, the summary, and what it remarks.
            #expect(
                result.standardError.split(separator: "\n").allSatisfy {
                    $0.hasPrefix("done in ") || $0.hasPrefix("run on ") || $0.hasPrefix("  ")
                }, "\(result)")
            for name in names {
                try await database.psql("INSERT INTO \(Self.quoted(schema)).\(Self.quoted(name)) VALUES (now())")
            }
            let plan = try await database.pgtend("plan", "partitions", "--schema", schema)
            #expect(plan.standardOutput.hasSuffix("\nnothing to do\n"), "\(plan)")
        }
    }

    /// March and April, so that names say what bounds are, in one way only.
    private static func table(_ schema: String, _ name: String) -> String {
        """
        CREATE TABLE \(quoted(schema)).\(quoted(name)) (at timestamptz) PARTITION BY RANGE (at);
        SELECT format(
            'CREATE TABLE %1$I.%2$I PARTITION OF %1$I.%3$I FOR VALUES FROM (%4$L) TO (%5$L)', \(literal(schema)),
            \(literal(name)) || to_char(m, '_YYYY_MM'), \(literal(name)), m, m + interval '1 month')
        FROM (SELECT date_trunc('year', now() AT TIME ZONE 'UTC') - make_interval(months => i) AS m
            FROM generate_series(9, 10) AS i) AS month \\gexec
        """
    }

    private static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
    private static func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

    // MARK: Privileges

    @Test(arguments: PostgresVersion.underTest)
    func saysWhichMembershipIsMissing(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let (owner, tender) = ("\(database.name)_owner", "\(database.name)_tender")
            try await database.psql(
                "CREATE ROLE \(owner); CREATE ROLE \(tender) LOGIN;" + Shop.agedTables(in: "shop")
                    + Shop.giveTables(of: "shop", to: owner)
                    + Shop.giveTables(of: "shop", to: tender, like: "grades%")
                    + "GRANT ALL ON SCHEMA shop TO \(tender), \(owner)")
            let before = try await database.dump("--schema-only", "--exclude-table=shop.grades*")
            let result = try await database.pgtend("run", "--schema", "shop", user: tender)
            #expect(result.ending == .exited(2), "\(result)")
            let refused = result.standardError.split(separator: "\n").filter { $0.contains(" is not tended: ") }
            #expect(refused.count == 5)
            for line in refused {
                #expect(
                    line.contains("SQLSTATE 42501") && line.contains("cure: GRANT \(owner) TO \(tender)"), "\(line)")
            }
            #expect(try await database.dump("--schema-only", "--exclude-table=shop.grades*") == before)
            try await database.psql("INSERT INTO shop.grades VALUES (now(), 'its own')", user: tender)

            try await database.psql("GRANT \(owner) TO \(tender)")
            #expect(try await database.pgtend("run", "--schema", "shop", user: tender).succeeded)
            try await database.psql(Shop.insertsForNow(in: "shop"))
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func saysWhichPrivilegeOnTheSchemaIsMissing(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let (owner, tender) = ("\(database.name)_owner", "\(database.name)_tender")
            try await database.psql(
                """
                CREATE ROLE \(owner); CREATE ROLE \(tender) LOGIN IN ROLE \(owner);
                \(Shop.agedTables(in: "shop")) \(Shop.agedTables(in: "sister"))
                \(Shop.giveTables(of: "shop", to: owner)) \(Shop.giveTables(of: "sister", to: owner))
                GRANT USAGE ON SCHEMA shop TO \(owner); GRANT USAGE, CREATE ON SCHEMA sister TO \(owner);
                """)
            let result = try await database.pgtend("run", "--schema", "shop", "--schema", "sister", user: tender)
            #expect(result.ending == .exited(1), "\(result)")
            let failed = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error: failed: ") }
            #expect(failed.count == 20)
            let rest = "4 more steps of partitions failed with SQLSTATE 42501"
            #expect(result.standardError.contains(rest), "\(result)")
            for line in failed {
                #expect(line.contains("shop.") && line.contains("(SQLSTATE 42501)"), "\(line)")
                #expect(line.contains("cure: GRANT CREATE ON SCHEMA \"shop\" TO \"\(owner)\";"), "\(line)")
            }
            try await database.psql(Shop.insertsForNow(in: "sister"))
            #expect(
                try await database.psql(
                    "SELECT count(*) FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r'") == "24"
            )
        }
    }

    /// The new partition is to be like its siblings, also in its owner.
    @Test(arguments: PostgresVersion.underTest)
    func saysWhoOwnsTheSiblings(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let (owner, tender) = ("\(database.name)_owner", "\(database.name)_tender")
            try await database.psql(
                "CREATE ROLE \(owner); CREATE ROLE \(tender) LOGIN IN ROLE \(owner);" + Shop.agedTables(in: "shop")
                    + Shop.agedNames.map { "ALTER TABLE shop.\($0) OWNER TO \(owner);" }.joined()
                    + "GRANT ALL ON SCHEMA shop TO \(owner)")
            let before = try await database.dump("--schema-only")
            let result = try await database.pgtend("run", "--schema", "shop", user: tender)
            #expect(result.ending == .exited(1), "\(result)")
            let line = result.standardError.split(separator: "\n").first { $0.hasPrefix("error: failed: ") }
            #expect(
                line?.contains("SQLSTATE 42501") == true && line?.contains("belong to postgres") == true, "\(result)")
            #expect(try await database.dump("--schema-only") == before)
        }
    }

    // MARK: Views

    @Test(arguments: PostgresVersion.underTest)
    func explainsAViewOverAFunctionWithUnqualifiedNames(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA shop;
                CREATE TABLE shop.content AS SELECT 1 AS one;
                ALTER DATABASE \(database.name) SET search_path = shop;
                SET search_path = shop;
                CREATE FUNCTION shop.careless() RETURNS bigint LANGUAGE plpgsql AS
                    $$ BEGIN RETURN (SELECT count(*) FROM shop.content AS c WHERE is_fine(c.one)); END $$;
                CREATE FUNCTION shop.is_fine(int) RETURNS boolean LANGUAGE sql AS 'SELECT true';
                ALTER FUNCTION shop.careless() SET search_path = shop;
                CREATE MATERIALIZED VIEW shop.depends AS SELECT shop.careless() AS rows;
                ALTER FUNCTION shop.careless() RESET search_path;
                CREATE MATERIALIZED VIEW shop.fine AS SELECT count(*) AS rows FROM shop.content;
                CREATE UNIQUE INDEX ON shop.depends (rows); CREATE UNIQUE INDEX ON shop.fine (rows);
                INSERT INTO shop.content VALUES (2);
                """)
            let contents = "SELECT (SELECT rows FROM shop.depends), (SELECT rows FROM shop.fine)"
            let result = try await database.pgtend("run", "--schema", "shop")
            if version.rawValue < 17 {
                // As by hand: the function finds its names along the search_path that the database sets.
                #expect(result.succeeded, "\(result)")
            } else {
                #expect(result.ending == .exited(1), "\(result)")
                #expect(try await database.psql(contents) == "1|2")
                let line = result.standardError.split(separator: "\n").first { $0.hasPrefix("error: failed: ") }
                #expect(
                    line?.contains("shop.depends") == true && line?.contains("(SQLSTATE 42883)") == true, "\(result)")
                #expect(line?.contains("ALTER FUNCTION shop.careless() SET search_path") == true, "\(result)")
                try await database.psql("ALTER FUNCTION shop.careless() SET search_path = shop")
                #expect(try await database.pgtend("run", "--schema", "shop").succeeded)
            }
            #expect(try await database.psql(contents) == "2|2")
        }
    }

    // MARK: The present

    /// The rows of the present have a place, although none of their own: nothing fails, so nothing is critical.
    @Test func onlyWarnsOfRowsThatGoToTheDefaultPartition() async throws {
        try await TestDatabase.with { database in
            try await database.psql(
                """
                CREATE SCHEMA shop;
                CREATE TABLE shop.def (at timestamptz) PARTITION BY RANGE (at);
                CREATE TABLE shop.def_2020_01 PARTITION OF shop.def
                    FOR VALUES FROM ('2020-01-01 00:00:00+00') TO ('2020-02-01 00:00:00+00');
                CREATE TABLE shop.def_2020_02 PARTITION OF shop.def
                    FOR VALUES FROM ('2020-02-01 00:00:00+00') TO ('2020-03-01 00:00:00+00');
                CREATE TABLE shop.def_default PARTITION OF shop.def DEFAULT;
                INSERT INTO shop.def VALUES (now());
                """)
            let plan = try await database.pgtend("plan", "--schema", "shop")
            #expect(
                plan.standardOutput.contains("shop.def  rows for now go to the DEFAULT partition shop.def_default"),
                "\(plan)")
            let run = try await database.pgtend("run", "--schema", "shop")
            #expect(
                run.standardError.contains(
                    "critical: shop.def has no partition for the present: rows for now go to the DEFAULT partition "
                        + "shop.def_default, where they keep one from being made; making one failed: "), "\(run)")
        }
    }

    // MARK: Schemas

    @Test(arguments: ["run", "plan"])
    func saysThatASchemaIsMissing(command: String) async throws {
        try await TestDatabase.with { database in
            let alone = try await database.pgtend(command, "--schema", "shpo")
            #expect(alone.ending == .exited(2), "\(alone)")
            #expect(alone.everything.contains("shpo"), "\(alone)")
            #expect(alone.everything.contains("create it, or name the schemas to watch: --schema NAME"), "\(alone)")

            let guessed = try await database.pgtend(command)
            #expect(guessed.ending == .exited(3), "\(guessed)")
            #expect(guessed.everything.contains("nothing to tend"))

            try await database.psql(Shop.agedTables(in: "shop"))
            let beside = try await database.pgtend(command, "--schema", "shop", "--schema", "shpo")
            #expect(beside.ending == .exited(2), "\(beside)")
            #expect(beside.everything.contains("shpo"), "\(beside)")
            if command == "run" { try await database.psql(Shop.insertsForNow(in: "shop")) }
        }
    }

    @Test(arguments: ["run", "plan"])
    func saysThatASchemaHoldsNothingToTend(command: String) async throws {
        try await TestDatabase.with { database in
            try await database.psql(
                "CREATE SCHEMA shop; CREATE TABLE shop.plain (id int); CREATE VIEW shop.v AS SELECT 1")
            let result = try await database.pgtend(command, "--schema", "shop")
            #expect(result.ending == .exited(3), "\(result)")
            #expect(result.everything.contains("nothing to tend"))
            #expect(
                !result.everything.contains("missing") && !result.everything.contains("does not exist"), "\(result)")
        }
    }

    /// The default schema is a guess, and nobody is told that a guess was wrong where there is enough to tend.
    @Test func doesNotMissTheDefaultSchemaBesideConfiguredTables() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.agedTables(in: "shop"))
            let text = """
                databases:
                  - name: shop
                    conninfo: \(database.conninfo())
                    partitions:
                      sets:
                        - table: shop.audit
                """
            try await withFile(text) { path in
                let result = try await Pgtend.run(["run", "--config", path])
                #expect(result.succeeded, "\(result)")
                #expect(!result.everything.contains("mcp"), "\(result)")
            }
        }
    }
}
