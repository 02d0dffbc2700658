import Foundation
import TestSupport
import Testing

@Suite("Discovery", .serialized)
struct DiscoveryTests {
    @Test(arguments: PostgresVersion.underTest)
    func needsNoConfiguration(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Shop.agedTables(in: "mcp"))
            await #expect(throws: TestFailure.self) { try await database.psql(Shop.insertsForNow(in: "mcp")) }
            let run = try await database.pgtend("run")
            #expect(run.succeeded, "\(run)")
            try await database.psql(Shop.insertsForNow(in: "mcp"))
            for command in ["plan", "run"] {
                let again = try await database.pgtend(command, "partitions")
                #expect(again.succeeded, "\(again)")
                #expect(again.everything.contains(command == "plan" ? "\nnothing to do\n" : "nothing had to be done"))
            }
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func tendsAForeignSchemaInItsOwnZone(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let owner = "\(database.name)_owner"
            try await database.psql(
                "ALTER DATABASE \(database.name) SET timezone = 'Pacific/Auckland'; CREATE ROLE \(owner) LOGIN;"
                    + Shop.agedTables(in: "\"Odd Shop\"", zone: "Pacific/Auckland")
                    + Shop.giveTables(of: "\"Odd Shop\"", to: owner)
                    + "GRANT ALL ON SCHEMA \"Odd Shop\" TO \(owner)")
            let run = try await database.pgtend("run", "--schema", "Odd Shop", user: owner)
            #expect(run.succeeded, "\(run)")
            try await database.psql(Shop.insertsForNow(in: "\"Odd Shop\""), user: owner)
            let bounds = try await database.psql(
                """
                SELECT count(*) FROM pg_class AS c
                WHERE c.relnamespace = '"Odd Shop"'::regnamespace AND c.relispartition
                    AND pg_get_expr(c.relpartbound, c.oid) ~ '-01( 00:00:00(\\+1[23])?)?''\\) TO .*-01( 00:00:00(\\+1[23])?)?''\\)'
                """)
            #expect(bounds == "48", "each is a month of the zone: four old and four new ones of six tables")
        }
    }

    @Test func listensToTheEnvironmentBelowTheCommandLine() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.agedTables(in: "first") + Shop.agedTables(in: "second"))
            let folder = database.cluster.folder
            let environment = [
                "PGHOST": folder, "PGPORT": try await database.psql("SHOW port"), "PGUSER": "postgres",
                "PGDATABASE": database.name,
                "PGTEND_SCHEMAS": "first", "PGTEND_PREMAKE": "0", "PGTEND_LOG_FORMAT": "json",
            ]
            let plan = try await Pgtend.run(["plan"], environment: environment)
            #expect(plan.succeeded, "\(plan)")
            #expect(plan.standardOutput.contains("6 steps: 6 partitions to create"), "\(plan)")
            #expect(!plan.standardOutput.contains("second."))
            let flag = try await Pgtend.run(["run", "--schema", "second"], environment: environment)
            #expect(flag.succeeded, "\(flag)")
            #expect(try flag.reports.last?["done"] as? Int == 6)
            try await database.psql(Shop.insertsForNow(in: "second"))
            let text = try await Pgtend.run(["run", "--log-format", "text"], environment: environment)
            #expect(text.standardError.contains("\nrun on \(database.name) ended in "), "\(text)")
            try await database.psql(Shop.insertsForNow(in: "first"))
        }
    }

    @Test func putsTheEnvironmentOverTheFile() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.agedTables(in: "shop"))
            let text = """
                databases:
                  - name: shop
                    conninfo: \(database.conninfo())
                    schemas: [shop]
                    partitions:
                      premake: 2
                      sets:
                        - table: shop.days
                          premake: 5
                """
            try await withFile(text) { path in
                func steps(_ environment: [String: String]) async throws -> Int {
                    let plan = try await Pgtend.run(["plan", "--json"], environment: environment)
                    return plan.standardOutput.split(separator: "\"action\"").count - 1
                }
                let ofTheFile = try await steps(["PGTEND_CONFIG": path])
                #expect(ofTheFile == 5 * 3 + 6)
                let ofTheEnvironment = try await steps(["PGTEND_CONFIG": path, "PGTEND_PREMAKE": "1"])
                #expect(ofTheEnvironment == 5 * 2 + 6)
            }
        }
    }

    @Test func tendsTheDatabasesThatAreThereBesideOneThatIsNot() async throws {
        try await TestDatabase.with { first in
            try await first.psql(Shop.agedTables(in: "shop"))
            try await TestDatabase.with { second in
                try await second.psql(Shop.agedTables(in: "shop") + Shop.tablesNotUnderstood)
                let text = """
                    databases:
                      - {name: one, conninfo: "\(first.conninfo())", schemas: [shop]}
                      - {name: away, conninfo: host=/nowhere dbname=away, schemas: [shop]}
                      - {name: two, conninfo: "\(second.conninfo())", schemas: [shop]}
                    """
                try await withFile(text) { path in
                    let plan = try await Pgtend.run(["plan", "--config", path])
                    #expect(plan.ending == .exited(69), "\(plan)")
                    #expect(
                        plan.standardOutput.contains("plan for one ") && plan.standardOutput.contains("plan for two "))
                    let document = try await Pgtend.run(["plan", "--json", "--config", path])
                    #expect(document.ending == .exited(69))
                    let object =
                        try JSONSerialization.jsonObject(with: Data(document.standardOutput.utf8)) as? [String: Any]
                    let failures = object?["failures"] as? [[String: String]]
                    #expect(failures?.map { $0["database"] } == ["away"], "\(document)")
                    #expect(failures?.first?["failure_class"] == "connection")

                    let run = try await Pgtend.run(["run", "--config", path, "--log-format", "json"])
                    #expect(run.ending == .exited(69), "\(run)")
                    let endings = try run.reports.filter { ($0["event"] as? String)?.hasPrefix("run_") == true }
                        .compactMap {
                            report in (report["outcome"] as? String).map { "\(report["database"] ?? "") \($0)" }
                        }
                    #expect(endings == ["one done", "away unavailable", "two refused"])
                    try await first.psql(Shop.insertsForNow(in: "shop"))
                    try await second.psql(Shop.insertsForNow(in: "shop"))

                    let one = try await Pgtend.run(["run", "--config", path, "--database", "one"])
                    #expect(one.succeeded, "\(one)")
                }
            }
        }
    }
}
