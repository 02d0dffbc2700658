import Foundation
import Testing

@testable import EmbeddedSQL

@Suite("Manifest of the embedded SQL")
struct ManifestTests {
    /// `sql/` of the checkout that the tests were built from.
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../sql")

    private static func files(in subfolder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: subfolder).path).sorted()
    }

    @Test(arguments: ["ledger", "migrations", "queries"])
    func holdsEveryFileOfTheFolderAsItIs(subfolder: String) throws {
        let files = try Self.files(in: subfolder)
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOf: Self.folder.appending(path: "\(subfolder)/\(file)"), encoding: .utf8)
            #expect(EmbeddedSQL.file(named: file) == text, "\(subfolder)/\(file)")
        }
    }

    @Test func holdsNothingElse() throws {
        let folders = try Self.files(in: "")
        #expect(folders == ["ledger", "migrations", "queries"])
        let files = try folders.flatMap(Self.files)
        #expect(EmbeddedSQL.manifest.map(\.key).sorted() == files.sorted())
    }

    @Test(arguments: [("migrations", "m", EmbeddedSQL.migrations), ("ledger", "l", EmbeddedSQL.ledgerMigrations)])
    func ordersMigrationsAsTheirFileNamesDo(folder: String, letter: String, migrations: [Migration]) throws {
        let names = migrations.map { migration in
            let digits = String(migration.number)
            return letter + String(repeating: "0", count: 4 - digits.count) + digits + "_" + migration.name + ".sql"
        }
        #expect(try names == Self.files(in: folder))
        #expect(migrations.map(\.fileName) == names)
        #expect(migrations.map(\.number) == Array(1...names.count))
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
