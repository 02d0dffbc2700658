import EmbeddedSQL
import Foundation
import TestSupport
import Testing

/// `sql/mcp/generated/golang-migrate` holds the migrations as files for golang-migrate: compared in every run, and written
/// by `make generate` (PGTEND_TEST_REWRITE=1).
@Suite("Files for golang-migrate")
struct GolangMigrateReferenceTests {
    private static let isRewriting = ProcessInfo.processInfo.environment["PGTEND_TEST_REWRITE"] == "1"

    @Test func areWhatTheMigrationsSay() throws {
        let files = GolangMigrate.files
        if Self.isRewriting {
            for file in files {
                try file.text.write(
                    to: GolangMigrate.folder.appending(path: file.name), atomically: true, encoding: .utf8)
            }
            return
        }
        for file in files {
            let found = try GolangMigrate.text(file.name)
            #expect(found == file.text, "\(file.name) is not what the migration says; 'make generate' rewrites it")
        }
    }

    @Test(.enabled(if: !isRewriting)) func areTwoForEachMigrationAndNothingElse() throws {
        let found = try FileManager.default.contentsOfDirectory(atPath: GolangMigrate.folder.path)
        #expect(found.sorted() == GolangMigrate.files.map(\.name).sorted())
        #expect(found.count == 2 * EmbeddedSQL.migrations.count)
    }

    /// The program does not carry the same text twice.
    @Test func areNotInTheProgram() {
        for file in GolangMigrate.files {
            #expect(EmbeddedSQL.file("mcp/generated/golang-migrate/\(file.name)") == nil)
        }
    }
}

/// The migrations in the form that golang-migrate reads.
enum GolangMigrate {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../sql/mcp/generated/golang-migrate").standardizedFileURL

    /// What stands in a file of the folder.
    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// What should stand there.
    static let files: [(name: String, text: String)] = EmbeddedSQL.migrations.flatMap { migration in
        let digits = String(migration.number)
        let name = String(repeating: "0", count: 6 - digits.count) + digits + "_" + migration.name
        let down = migration.down.map { ("\(name).down.sql", head(migration, "back") + $0.text) }
        return [("\(name).up.sql", head(migration, "up") + migration.text)] + (down.map { [$0] } ?? [])
    }

    private static func head(_ migration: Migration, _ direction: String) -> String {
        let what = direction == "up" ? "Makes" : "Takes back"
        return """
            -- \(what) what migration \(migration.number) of pgtend makes, for golang-migrate. Generated from
            -- sql/mcp/migrations/\(migration.label) by "make generate": change the files there, never this one.
            -- The tool sends it as one query, which the server runs as one transaction: leave x-multi-statement off. In psql
            -- use --single-transaction.
            SET LOCAL search_path = '';


            """
    }
}
