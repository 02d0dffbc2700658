import Foundation
import TestSupport
import Testing

/// Which databases a command may change the schema of. None of these tests needs more of a database than its name.
@Suite("Databases whose schema is changed")
struct SchemaSelectionTests {
    private static func file(_ databases: [(name: String, conninfo: String)]) -> String {
        "databases:\n"
            + databases.map { "  - name: \($0.name)\n    conninfo: \($0.conninfo)\n" }.joined()
    }

    private static let nowhere = [("shop", "host=/nowhere dbname=a"), ("app", "host=/nowhere dbname=b")]

    @Test(arguments: ["apply", "repair"])
    func severalAreNotChangedUnasked(command: String) async throws {
        try await withFile(Self.file(Self.nowhere)) { path in
            let configured = ["schema", command, "--config", path]
            for (arguments, words) in [
                (
                    [],
                    "\(command) works on one database at a time, and 2 are configured: shop, app; nothing was changed\n"
                        + "  what to do: name it with --database, or change all of them with --all-databases --yes\n"
                ),
                (["--confirm", "a"], "2 are configured: shop, app; nothing was changed"),
                (["--database", "shop", "--database", "app"], "2 are configured: shop, app; nothing was changed"),
                (
                    ["--all-databases"],
                    "\(command) would change every database of the configuration: shop, app; nothing was changed\n"
                        + "  what to do: repeat the command with --yes\n"
                ),
                (["--yes"], "--yes confirms --all-databases"),
                (["--all-databases", "--yes", "--database", "shop"], "goes with neither --database nor --confirm"),
                (["--all-databases", "--yes", "--confirm", "a"], "goes with neither --database nor --confirm"),
            ] {
                let result = try await Pgtend.run(configured + arguments)
                #expect(result.ending == .exited(64), "\(arguments) \(result)")
                #expect(result.standardError.contains(words), "\(arguments) \(result)")
            }
            // Whatever is asked of them: each of those that are meant, and no other.
            for (arguments, meant) in [
                (["--all-databases", "--yes"], ["shop", "app"]), (["--plan"], ["shop", "app"]),
                (["--database", "app"], ["app"]), (["--database", "app", "--plan"], ["app"]),
            ] {
                let result = try await Pgtend.run(configured + arguments)
                #expect(result.ending == .exited(69), "\(arguments) \(result)")
                for name in ["shop", "app"] {
                    #expect(
                        result.standardError.contains("\(name): ") == meant.contains(name), "\(arguments) \(result)")
                }
            }
        }
    }

    @Test(arguments: ["apply", "repair"])
    func theConfiguredOneIsConfirmedByItsOwnName(command: String) async throws {
        try await TestDatabase.with { database in
            try await withFile(Self.file([("shop", database.conninfo())])) { path in
                let arguments = ["schema", command, "--config", path]
                for (confirmation, words) in [
                    ([], "\(database.name): has to be confirmed by its name; nothing was changed\n"),
                    ([], "what to do: repeat the command with --confirm \(database.name)\n"),
                    (["--confirm", "shop"], "this is database \(database.name), and --confirm names shop"),
                ] {
                    let result = try await Pgtend.run(arguments + confirmation)
                    #expect(result.ending == .exited(64) && result.standardOutput == "", "\(result)")
                    #expect(result.standardError.contains(words), "\(result)")
                }
                let asked = try await Program.run(
                    Program.pgtend, arguments, environment: ["TERM": "dumb"], input: .text("shop\n"), output: .terminal)
                #expect(asked.ending == .exited(64), "\(asked)")
                #expect(asked.standardOutput.contains("database \(database.name), configured as shop"), "\(asked)")
                #expect(asked.standardOutput.contains("Type the name of the database to "), "\(asked)")
                #expect(asked.standardOutput.contains("not confirmed; nothing was changed"), "\(asked)")
                let untouched = "SELECT to_regnamespace('mcp') IS NULL AND to_regnamespace('pgtend') IS NULL"
                #expect(try await database.psql(untouched) == "t")

                let confirmed = try await Pgtend.run(arguments + ["--confirm", database.name])
                #expect(confirmed.succeeded, "\(confirmed)")
                #expect(try await database.psql(untouched) == "f")
                let typed = try await Program.run(
                    Program.pgtend, arguments, environment: ["TERM": "dumb"], input: .text("\(database.name)\n"),
                    output: .terminal)
                #expect(typed.succeeded, "\(typed)")
            }
        }
    }
}
