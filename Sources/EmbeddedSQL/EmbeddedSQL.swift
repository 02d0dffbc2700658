/// The files of `sql/`, compiled into the program, so that the binary and its SQL never drift apart. `CEmbeddedSQL` lists
/// them. Each is known by its path below `sql/`.
package enum EmbeddedSQL {
    /// The folder of the platform's schema: the one place where its name stands in a path.
    package static let platformFolder = "mcp/"

    /// The migrations of the platform's schema, in the order in which they are applied: by number, from 1 on, without
    /// gaps.
    package static let migrations = migrations(in: platformFolder + "migrations")

    /// The migrations of the service's own ledger, in the same manner.
    package static let ledgerMigrations = migrations(in: "ledger/migrations")

    /// Where the values of a column come from in a database that did not have it: a text for each column.
    package static let repairRules = manifest.filter { $0.path.hasPrefix(platformFolder + "rules/") }.map(\.text)

    private static let files = Dictionary(uniqueKeysWithValues: manifest.map { ($0.path, $0) })

    /// The text of the file with that path, such as `run/catalog/server.sql`; nil where there is none.
    package static func file(_ path: String) -> String? {
        files[path]?.text
    }

    /// The text of the file with that path. A path without a file is a mistake in the program, and stops it.
    package static func text(_ path: String) -> String {
        guard let text = file(path) else { preconditionFailure("\(path) is not in the manifest of EmbeddedSQL") }
        return text
    }

    /// The text of a query by its path without `.sql`, such as `run/catalog/server`. A line `-- include PATH` stands for
    /// the text of another one. A path without a file is a mistake in the program, and stops it.
    package static func query(_ path: String) -> String {
        including[path] ?? text("\(path).sql")
    }

    /// The few queries that include others.
    private static let including: [String: String] = {
        let inclusion = "-- include "
        func expanded(_ text: String) -> String {
            text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                let content = line.drop { $0 == " " }
                guard content.hasPrefix(inclusion) else { return String(line) }
                return expanded(Self.text("\(content.dropFirst(inclusion.count)).sql"))
            }.joined(separator: "\n")
        }
        return manifest.reduce(into: [:]) { queries, file in
            guard ["run/", "migrations/", platformFolder + "queries/"].contains(where: file.path.hasPrefix),
                file.text.utf8.firstRange(of: inclusion.utf8) != nil
            else { return }
            queries[String(file.path.dropLast(".sql".count))] = expanded(file.text)
        }
    }()

    /// A query without the lines that are comments, which name what they explain: in a comment, a name with a newline that
    /// is put in for a placeholder would end it. The directives of a template, which look like comments, stay.
    package static func queryWithoutComments(_ path: String) -> String {
        query(path).split(separator: "\n").filter { line in
            let content = line.drop { $0 == " " }
            return !content.hasPrefix("--") || ["-- when ", "-- else", "-- end"].contains { line.hasPrefix($0) }
        }.joined(separator: "\n")
    }

    /// A query without comments, with texts in the place of its parameters `$1`, `$2`, …: for a statement that takes no
    /// parameters. They are put in together, in one pass: a name that is put in for one may have `$2` in it. A parameter
    /// without a text stays.
    package static func query(_ path: String, with values: [String]) -> String {
        var result = ""
        var rest = queryWithoutComments(path)[...]
        while let sign = rest.firstIndex(of: "$") {
            result += rest[..<sign]
            rest = rest[rest.index(after: sign)...]
            let digits = rest.prefix { ("0"..."9").contains($0) }
            if let number = Int(digits), values.indices.contains(number - 1) {
                result += values[number - 1]
                rest = rest[digits.endIndex...]
            } else {
                result += "$"
            }
        }
        return result + rest
    }

    /// A query, by its path without `.sql`, whose identifiers are still placeholders.
    package static func template(_ path: String) -> QueryTemplate {
        QueryTemplate(text: query(path))
    }

    /// The migrations of a folder: each is a file `NNNN_name.sql` of it, or a folder `NNNN_name` whose files are applied in
    /// the order of the manifest, and taken back by its `down.sql`.
    private static func migrations(in folder: String) -> [Migration] {
        var labels: [Substring] = []
        var parts: [Substring: [Migration.Part]] = [:]
        for file in manifest where file.path.hasPrefix("\(folder)/") {
            let rest = file.path.dropFirst(folder.count + 1)
            let label = rest.prefix { $0 != "/" && $0 != "." }
            if parts[label] == nil { labels.append(label) }
            parts[label, default: []].append(Migration.Part(path: file.path, text: file.text))
        }
        return labels.map { label in
            var parts = parts[label] ?? []
            let down = parts.firstIndex { $0.path == "\(folder)/\(label)/down.sql" }.map { parts.remove(at: $0) }
            let digits = label.prefix { $0 != "_" }
            guard let number = Int(digits) else { preconditionFailure("\(folder)/\(label) has no number") }
            let name = String(label.dropFirst(digits.count + 1))
            return Migration(number: number, name: name, parts: parts, down: down)
        }
    }
}
