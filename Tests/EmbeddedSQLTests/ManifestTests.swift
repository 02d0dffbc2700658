import Foundation
import Testing

@testable import EmbeddedSQL

@Suite("Manifest of the embedded SQL")
struct ManifestTests {
    /// `sql/` of the checkout that the tests were built from.
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../sql")

    /// Their paths below the subfolder.
    private static func files(in subfolder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: subfolder).path)
            .filter { $0.hasSuffix(".sql") || $0.hasSuffix(".tsv") }
    }

    private static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    @Test(arguments: ["facts", "ledger", "migrations", "queries", "repair"])
    func holdsEveryFileOfTheFolderAsItIs(subfolder: String) throws {
        let files = try Self.files(in: subfolder)
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOf: Self.folder.appending(path: "\(subfolder)/\(file)"), encoding: .utf8)
            #expect(EmbeddedSQL.file(named: Self.name(file)) == text, "\(subfolder)/\(file)")
        }
    }

    @Test func holdsNothingElse() throws {
        // The files for golang-migrate say the same once more, and stay outside.
        let files = try Self.files(in: "").filter { !$0.hasPrefix("golang-migrate/") }.map(Self.name)
        #expect(EmbeddedSQL.manifest.map(\.name).sorted() == files.sorted())
    }

    @Test func makesAMigrationOfEachFolder() throws {
        let folder = Self.folder.appending(path: "migrations").path
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == EmbeddedSQL.migrations.map(\.label))
        #expect(EmbeddedSQL.migrations.map(\.number) == Array(1...EmbeddedSQL.migrations.count))
        for migration in EmbeddedSQL.migrations {
            let files = try Self.files(in: "migrations/\(migration.label)").map(Self.name)
            let parts = migration.parts + (migration.down.map { [$0] } ?? [])
            #expect(parts.map(\.fileName).sorted() == files.sorted())
        }
    }

    @Test func makesAMigrationOfEachFileOfTheLedger() throws {
        #expect(try EmbeddedSQL.ledgerMigrations.map(\.label) == Self.files(in: "ledger").sorted())
        #expect(EmbeddedSQL.ledgerMigrations.map(\.number) == Array(1...EmbeddedSQL.ledgerMigrations.count))
    }

    @Test func findsTheFileAndTheLineOfAPlace() throws {
        let parts = [("a.sql", "one\ntwo\n"), ("b.sql", "three\nfour")].map(Migration.Part.init)
        let migration = Migration(number: 1, name: "m", label: "m0001_m", parts: parts)
        let places = [
            ("one", "a.sql", 1), ("two", "a.sql", 2), ("three", "b.sql", 1), ("four", "b.sql", 2), ("r", "b.sql", 1),
        ]
        for (word, fileName, line) in places {
            let start = try #require(migration.text.range(of: word)).lowerBound
            let place = migration.place(of: migration.text.distance(from: migration.text.startIndex, to: start) + 1)
            #expect(place == (fileName, line), "\(word)")
        }
    }

    @Test func givesNoFileForAnotherName() {
        #expect(EmbeddedSQL.file(named: "m0001_requirements") == nil)
        #expect(EmbeddedSQL.file(named: "migrations/m0001_requirements.sql") == nil)
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
