import Foundation
import Testing

@testable import EmbeddedSQL

@Suite("Manifest of the embedded SQL")
struct ManifestTests {
    /// `sql/` of the checkout that the tests were built from.
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../sql")

    /// Every file that the subfolder has at any depth, by its path below `sql/`; without what is generated, which says the
    /// same once more.
    private static func files(in subfolder: String = "") throws -> [String] {
        let root = folder.standardizedFileURL.path
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter { path in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
            return !isFolder.boolValue && path.hasPrefix(subfolder) && !path.hasPrefix("mcp/generated/")
        }
    }

    @Test(arguments: ["ledger", "mcp/facts", "mcp/migrations", "mcp/queries", "mcp/rules", "migrations", "run"])
    func holdsEveryFileOfTheFolderAsItIs(subfolder: String) throws {
        let files = try Self.files(in: "\(subfolder)/")
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
            #expect(EmbeddedSQL.file(file) == text, "\(file)")
        }
    }

    @Test func holdsEveryFileAndNothingElse() throws {
        #expect(try EmbeddedSQL.manifest.map(\.path).sorted() == Self.files().sorted())
    }

    @Test func holdsNoFileTwice() {
        #expect(Set(EmbeddedSQL.manifest.map(\.path)).count == EmbeddedSQL.manifest.count)
    }

    @Test func makesAMigrationOfEachFolder() throws {
        let folder = Self.folder.appending(path: "mcp/migrations").path
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == EmbeddedSQL.migrations.map(\.label))
        #expect(EmbeddedSQL.migrations.map(\.number) == Array(1...EmbeddedSQL.migrations.count))
        for migration in EmbeddedSQL.migrations {
            let down = "mcp/migrations/\(migration.label)/down.sql"
            #expect(migration.down?.path == down)
            let parts = migration.parts.map(\.path) + [down]
            #expect(try parts.sorted() == Self.files(in: "mcp/migrations/\(migration.label)/").sorted())
            #expect(parts == EmbeddedSQL.manifest.map(\.path).filter { parts.contains($0) }, "in the manifest's order")
        }
    }

    @Test func makesAMigrationOfEachFileOfTheLedger() throws {
        let paths = EmbeddedSQL.ledgerMigrations.map { "ledger/migrations/\($0.label).sql" }
        #expect(try paths == Self.files(in: "ledger/migrations/").sorted())
        #expect(EmbeddedSQL.ledgerMigrations.map { $0.parts.map(\.path) } == paths.map { [$0] })
        #expect(EmbeddedSQL.ledgerMigrations.map(\.number) == Array(1...EmbeddedSQL.ledgerMigrations.count))
    }

    @Test func findsTheFileAndTheLineOfAPlace() throws {
        let parts = [("a.sql", "one\ntwo\n"), ("b.sql", "three\nfour")].map(Migration.Part.init)
        let migration = Migration(number: 1, name: "m", parts: parts)
        let places = [
            ("one", "a.sql", 1), ("two", "a.sql", 2), ("three", "b.sql", 1), ("four", "b.sql", 2), ("r", "b.sql", 1),
        ]
        for (word, path, line) in places {
            let start = try #require(migration.text.range(of: word)).lowerBound
            let place = migration.place(of: migration.text.distance(from: migration.text.startIndex, to: start) + 1)
            #expect(place == (path, line), "\(word)")
        }
    }

    @Test(arguments: ["server.sql", "run/catalog/server", "/run/catalog/server.sql", "sql/run/catalog/server.sql", ""])
    func givesNoFileForAnotherPath(path: String) {
        #expect(EmbeddedSQL.file("run/catalog/server.sql") != nil)
        #expect(EmbeddedSQL.file(path) == nil)
    }

    @Test(arguments: EmbeddedSQL.migrations + EmbeddedSQL.ledgerMigrations)
    func leavesTransactionsAndPsqlOutOfAMigration(migration: Migration) {
        for line in migration.text.split(separator: "\n") {
            #expect(!line.hasPrefix("\\"), "\(migration.name): \(line)")
            for word in ["BEGIN;", "COMMIT;", "ROLLBACK;"] {
                #expect(!line.uppercased().hasPrefix(word), "\(migration.name): \(line)")
            }
        }
    }
}
