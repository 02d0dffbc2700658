/// The files of `sql/`, compiled into the program, so that the binary and its SQL never drift apart. `CEmbeddedSQL` lists
/// them.
package enum EmbeddedSQL {
    /// The migrations of the platform's schema, in the order in which they are applied: by number, from 1 on, without
    /// gaps. Each is a folder of `sql/migrations`.
    package static let migrations = [migration(1, "consolidated_schema")]

    /// The migrations of the service's own ledger, in the same manner. Each is a file of `sql/ledger`.
    package static let ledgerMigrations = manifest.compactMap { file -> Migration? in
        guard file.name.hasPrefix("l"), let number = Int(file.name.dropFirst().prefix(4)) else { return nil }
        let name = String(file.name.dropFirst("l0000_".count).dropLast(".sql".count))
        let part = Migration.Part(fileName: file.name, text: file.text)
        return Migration(number: number, name: name, label: file.name, parts: [part])
    }

    /// The files of a migration are applied in the order of the manifest; `mNNNN_down.sql` takes it back.
    private static func migration(_ number: Int, _ name: String) -> Migration {
        let digits = String(number)
        let prefix = "m" + String(repeating: "0", count: 4 - digits.count) + digits + "_"
        var parts = manifest.filter { $0.name.hasPrefix(prefix) }
            .map { Migration.Part(fileName: $0.name, text: $0.text) }
        let down = parts.firstIndex { $0.fileName == prefix + "down.sql" }.map { parts.remove(at: $0) }
        return Migration(number: number, name: name, label: prefix + name, parts: parts, down: down)
    }

    /// The files of `sql/repair`: where the values of a column come from in a database that did not have it.
    package static let repairRules = manifest.filter { $0.name.hasPrefix("r_") }.map(\.text)

    /// The text of a file of `sql/`, by its name without folder (`m0001_requirements.sql`); nil for any other name.
    package static func file(named name: String) -> String? {
        manifest.first { $0.name == name }?.text
    }

    /// The text of a file by its name without folder. A name without a file is a mistake in the program, and stops it.
    package static func text(_ name: String) -> String {
        guard let text = file(named: name) else {
            preconditionFailure("\(name) is not in the manifest of EmbeddedSQL")
        }
        return text
    }

    /// The text of `sql/queries/NAME.sql`. A name without a file is a mistake in the program, and stops it.
    package static func query(named name: String) -> String {
        text("\(name).sql")
    }

    /// The query of `sql/queries/NAME.sql` whose identifiers are still placeholders.
    package static func template(named name: String) -> QueryTemplate {
        QueryTemplate(text: query(named: name))
    }
}
