import Foundation
import TestSupport
import Testing

/// `plan` says what `run` does, changes nothing, and its SQL does the same in psql.
@Suite("Plan", .serialized)
struct PlanTests {
    /// Something of every kind: aged tables, one with a DEFAULT partition, views on views, a corpus.
    static let shop = Template("plan_shop") { database in
        try await database.psql(
            Shop.agedTables(in: "shop") + Shop.slowView + TextCorpus.tables(terms: true)
                + """
                CREATE TABLE shop.rest PARTITION OF shop.grades DEFAULT;
                CREATE MATERIALIZED VIEW shop.upon AS SELECT text || '!' AS text FROM shop.slow WITH NO DATA;
                CREATE MATERIALIZED VIEW shop.unindexed AS SELECT 1 AS one;
                INSERT INTO search.documents
                    SELECT i % 3 - 1, to_tsvector('english', 'ships sail ' || repeat('far ', i % 5)) FROM generate_series(1, 40) AS i;
                """)
    }

    private static func withShop(
        _ version: PostgresVersion, _ body: (TestDatabase, String) async throws -> Void
    ) async throws {
        try await TestDatabase.with(version, template: shop) { database in
            let text = """
                databases:
                  - name: shop
                    conninfo: \(database.conninfo())
                    schemas: [shop]
                    statistics:
                      corpora:
                \(TextCorpus.configuration(terms: true))
                """
            try await withFile(text) { try await body(database, $0) }
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func changesNothing(version: PostgresVersion) async throws {
        try await Self.withShop(version) { database, configuration in
            let before = try await database.dump()
            let first = try await Pgtend.run(["plan", "--config", configuration])
            #expect(first.ending == .exited(2), "\(first)")
            #expect(first.standardError == "")
            // A server that takes no changes at all answers the same.
            let readOnly = try await Pgtend.run(
                ["plan", "--config", configuration], environment: ["PGOPTIONS": "-c default_transaction_read_only=on"])
            let dry = try await Pgtend.run(["run", "--dry-run", "--config", configuration])
            #expect(readOnly.standardOutput.afterItsTime == first.standardOutput.afterItsTime)
            #expect(dry.standardOutput.afterItsTime == first.standardOutput.afterItsTime)
            #expect(dry.ending == first.ending)
            for flags in [["--sql"], ["--json"], ["--json", "--sql"]] {
                #expect(try await Pgtend.run(["plan", "--config", configuration] + flags).ending == .exited(2))
            }
            #expect(try await database.dump() == before)
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func isExecutedStepByStep(version: PostgresVersion) async throws {
        try await Self.withShop(version) { _, configuration in
            let plan = try await Pgtend.run(["plan", "--json", "--config", configuration])
            let steps = try plan.plannedSteps
            let run = try await Pgtend.run(["run", "--log-format", "json", "--config", configuration])
            #expect(run.ending == .exited(2), "\(run)")
            for event in ["step_started", "step_done"] {
                let executed = try run.reports.filter { $0["event"] as? String == event }.map { report in
                    PlannedStep(
                        task: report["task"] as? String, object: report["relation"] as? String,
                        partition: report["partition"] as? String, tenant: report["tenant"] as? String)
                }
                #expect(executed == steps)
            }
            // 6 tables with 4 partitions each, 2 views in order of dependency, 3 tenants.
            #expect(steps.count == 29)
            #expect(steps[24].object == "shop.slow" && steps[25].object == "shop.upon")
            #expect(steps[26...].map(\.tenant) == ["-1", "0", "1"])

            let again = try await Pgtend.run(["plan", "partitions", "--json", "--config", configuration])
            #expect(try again.plannedSteps.isEmpty)
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func doesTheSameInPsql(version: PostgresVersion) async throws {
        let run = try await Self.dumpAfter(version) { _, configuration in
            let result = try await Pgtend.run(["run", "--config", configuration])
            #expect(result.ending == .exited(2), "\(result)")
        }
        let script = try await Self.dumpAfter(version) { database, configuration in
            let plan = try await Pgtend.run(["plan", "--sql", "--config", configuration])
            try await database.psql(plan.standardOutput)
        }
        #expect(script == run)
        #expect(run.contains("shop.audit_") && run.hasSuffix("new\nnew!"))
    }

    /// A run goes on without the lock on a table of somebody else's, which refers to the partitioned one.
    @Test(arguments: PostgresVersion.underTest)
    func runsInPsqlBesideForeignKeysOfOthers(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let roles = ["owner", "other", "tender"].map { "\($0)_\(database.name)" }
            try await database.psql(
                """
                CREATE ROLE \(roles[0]); CREATE ROLE \(roles[1]); CREATE ROLE \(roles[2]) LOGIN;
                GRANT \(roles[0]) TO \(roles[2]);
                CREATE SCHEMA s AUTHORIZATION \(roles[0]);
                GRANT USAGE ON SCHEMA s TO \(roles[1]), \(roles[2]);
                SET ROLE \(roles[0]);
                CREATE TABLE s.events (id integer, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
                CREATE TABLE s.events_2025_01 PARTITION OF s.events FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
                CREATE TABLE s.events_2025_02 PARTITION OF s.events FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
                GRANT REFERENCES, SELECT ON s.events TO \(roles[1]);
                RESET ROLE;
                CREATE SCHEMA other AUTHORIZATION \(roles[1]);
                SET ROLE \(roles[1]);
                CREATE TABLE other.notes (id integer, at date, FOREIGN KEY (id, at) REFERENCES s.events);
                """)
            let count = "SELECT count(*) FROM pg_inherits WHERE inhparent = 's.events'::regclass"
            let plan = try await database.pgtend("plan", "partitions", "--sql", "--schema", "s", user: roles[2])
            #expect(plan.succeeded, "\(plan)")
            #expect(plan.standardOutput.contains("in a session of its own, as \(roles[2]).\n"))
            try await database.psql(plan.standardOutput, user: roles[2])
            #expect(try await database.psql(count) == "6")
            try await database.psql("DROP OWNED BY \(roles.joined(separator: ", ")) CASCADE")
            try await database.psql("DROP ROLE \(roles.joined(separator: ", "))")
        }
    }

    private static func dumpAfter(
        _ version: PostgresVersion, _ body: (TestDatabase, String) async throws -> Void
    ) async throws -> String {
        var dump = ""
        try await withShop(version) { database, configuration in
            try await body(database, configuration)
            // When the figures were counted is the one thing that differs.
            let views = "SELECT * FROM shop.slow; SELECT * FROM shop.upon"
            dump = try await (database.dump() + database.psql(views)).replacing(
                #/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\+00/#, with: "(then)")
        }
        return dump
    }

    /// It is written step by step: the owner of a corpus decides how many tenants there are.
    @Test func keepsNoScriptInMemory() async throws {
        try await Self.withShop(.v18) { database, configuration in
            try await database.psql(
                """
                DELETE FROM search.documents;
                INSERT INTO search.documents SELECT i, 'ship:1' FROM generate_series(1, 2000) AS i;
                """)
            // The most that it has needed by the time that nearly all has been read. Then the pipe is closed.
            let reading = """
                sh -c 'echo $$; exec "$0" "$@"' "$@" | {
                    read -r process; head -c 40000000 | wc -c; sed -n 's/^VmHWM:[^0-9]*//p' "/proc/$process/status"
                }
                """
            let result = try await Program.run(
                "/bin/sh",
                ["-c", reading, "sh", Program.pgtend, "plan", "statistics", "--sql", "--config", configuration])
            let lines = result.standardOutput.split(separator: "\n")
            #expect(lines.first == "40000000", "\(result)")
            let kilobytes = try #require(lines.last.flatMap { Int($0.prefix { $0 != " " }) }, "\(result)")
            #expect(kilobytes < 100_000, "\(result)")
            #expect(result.standardError == "pgtend: standard output: Broken pipe\n")
        }
    }

    /// Whatever a tenant, a table or a view is called, it stays a name or a value in the script.
    @Test func keepsHostileNamesInsideTheirQuotes() async throws {
        try await TestDatabase.with { database in
            try await database.psql(
                #"""
                CREATE SCHEMA "s
                ; CREATE TABLE public.stolen ()
                ; --";
                SET search_path = "s
                ; CREATE TABLE public.stolen ()
                ; --";
                CREATE TABLE "documents$1" (tenant text, body tsvector);
                CREATE TABLE "figures
                ; CREATE TABLE public.stolen ()
                ; --" (tenant text PRIMARY KEY, documents bigint, average numeric, frequencies jsonb, updated timestamptz);
                INSERT INTO "documents$1" SELECT E'a''\n; CREATE TABLE public.stolen ()\n; --"\\', 'ship:1';
                INSERT INTO "documents$1" SELECT E'\n\\! touch /tmp/stolen', 'ship:1 sea:2';
                CREATE MATERIALIZED VIEW "view
                \! touch stolen" AS SELECT 1 AS one; CREATE UNIQUE INDEX ON "view
                \! touch stolen" (one);
                """#)
            let schema = #""\"s\n; CREATE TABLE public.stolen ()\n; --\"""#
            let text = #"""
                databases:
                  - name: hostile
                    conninfo: \#(database.conninfo())
                    schemas: ["s\n; CREATE TABLE public.stolen ()\n; --"]
                    statistics:
                      corpora:
                        - source: {table: \#(schema.dropLast()).\"documents$1\"", tenant: tenant, tsvector: body}
                          target:
                            table: \#(schema.dropLast()).\"figures\n; CREATE TABLE public.stolen ()\n; --\""
                            tenant: tenant
                            documents: documents
                            average: average
                            frequencies: frequencies
                            updated: updated
                """#
            try await withFile(text) { path in
                let plan = try await Pgtend.run(["plan", "--sql", "--config", path])
                #expect(plan.succeeded, "\(plan)")
                try await database.psql(plan.standardOutput)
                let run = try await Pgtend.run(["run", "--config", path])
                #expect(run.succeeded, "\(run)")
                #expect(run.standardError.contains("statistics of 2 tenants updated"), "\(run)")
            }
            #expect(try await database.psql("SELECT to_regclass('public.stolen') IS NULL") == "t")
            #expect(
                try await database.psql(
                    #"""
                    SELECT sum(documents), sum(average)::float FROM "s
                    ; CREATE TABLE public.stolen ()
                    ; --"."figures
                    ; CREATE TABLE public.stolen ()
                    ; --"
                    """#) == "2|3")
        }
    }
}

/// What identifies a step, in the plan and in the reports of a run.
private struct PlannedStep: Equatable {
    let task: String?
    let object: String?
    let partition: String?
    let tenant: String?
}

extension Program.Result {
    fileprivate var plannedSteps: [PlannedStep] {
        get throws {
            let document = try JSONSerialization.jsonObject(with: Data(standardOutput.utf8)) as? [String: Any]
            guard let databases = document?["databases"] as? [[String: Any]], databases.count == 1,
                let steps = databases[0]["steps"] as? [[String: Any]]
            else { throw TestFailure("no plan: \(self)") }
            func name(_ value: Any?) -> String? {
                (value as? [String: String]).map { "\($0["schema"] ?? "").\($0["name"] ?? "")" }
            }
            return steps.map {
                PlannedStep(
                    task: $0["task"] as? String, object: name($0["object"]), partition: name($0["partition"]),
                    tenant: $0["tenant"] as? String)
            }
        }
    }
}

extension String {
    /// Behind the first line, in which a plan says when it was made.
    fileprivate var afterItsTime: Substring { drop { $0 != "\n" } }
}
