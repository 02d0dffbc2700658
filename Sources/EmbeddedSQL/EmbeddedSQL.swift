/// The files of `sql/`, compiled into the program, so that the binary and its SQL never drift apart.
package enum EmbeddedSQL {
    /// The migrations of the platform's schema, in the order in which they are applied: by number, from 1 on, without
    /// gaps.
    package static let migrations = migrations(letter: "m")

    /// The migrations of the service's own ledger, in the same manner.
    package static let ledgerMigrations = migrations(letter: "l")

    private static func migrations(letter: Character) -> [Migration] {
        manifest
            .compactMap { Migration(letter: letter, fileName: $0.key, text: text($0.value)) }
            .sorted { $0.number < $1.number }
    }

    /// The text of a file of `sql/`, by its name without folder (`m0001_requirements.sql`); nil for any other name.
    package static func file(named name: String) -> String? {
        manifest.first { $0.key == name }.map { text($0.value) }
    }

    /// The text of `sql/queries/NAME.sql`. A name without a file is a mistake in the program, and stops it.
    package static func query(named name: String) -> String {
        guard let query = file(named: "\(name).sql") else {
            preconditionFailure("sql/queries/\(name).sql is not in the manifest of EmbeddedSQL")
        }
        return query
    }

    /// The query of `sql/queries/NAME.sql` whose identifiers are still placeholders.
    package static func template(named name: String) -> QueryTemplate {
        QueryTemplate(text: query(named: name))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
