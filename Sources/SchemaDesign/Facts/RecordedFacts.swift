import EmbeddedSQL
import SQLText

/// The facts of the platform's schema, as recorded in `sql/mcp/facts` from servers that had just installed it. Each major
/// version deparses expressions in its own way, so each has its own record.
///
/// Each line is a fact: the major versions it holds for (`*` for all), then kind, relation, name, property and value,
/// separated by tabs, with `\n`, `\t` and `\\` as escapes. `{vector}` stands for the schema of that extension as
/// SQL writes it, `{vector:name}` for its bare name.
package struct RecordedFacts: Sendable {
    /// The major versions that pgtend supports. All of them are recorded.
    package let majors = ServerCapabilities.supportedMajors
    private let lines: [Line]

    private struct Line {
        let majors: Set<Int>?
        let object: CatalogObject
        let property: CatalogProperty
        let value: String
    }

    /// What a database holds that has had each of the migrations and those before it, in their order.
    package static let ofEachMigration = EmbeddedSQL.migrations.map { migration in
        RecordedFacts(EmbeddedSQL.text(EmbeddedSQL.platformFolder + "facts/\(migration.label).tsv"))
    }

    /// The schema that this program installs.
    package static let platform = ofEachMigration[ofEachMigration.count - 1]

    /// The schema that the facts are about.
    package let schema: String

    init(_ text: String) {
        lines = text.split(separator: "\n").map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(Self.unescaped)
            guard fields.count == 6, let kind = CatalogObject.Kind(rawValue: fields[1]) else {
                preconditionFailure("a line of the recorded facts is none: \(line)")
            }
            return Line(
                majors: fields[0] == "*" ? nil : Set(fields[0].split(separator: ",").compactMap { Int($0) }),
                object: CatalogObject(kind, fields[3], of: fields[2]), property: CatalogProperty(rawValue: fields[4]),
                value: fields[5])
        }
        schema = lines.first { $0.object.kind == .schema }?.object.name ?? ""
    }

    /// The facts that a server of that major version would report; for a version that is not recorded, those of the
    /// nearest one that is.
    ///
    /// - Parameter extensionSchemas: where each extension lives, as SQL writes it; `public` for one that is not there.
    package func facts(major: Int, extensionSchemas: [String: String]) -> CatalogFacts {
        let nearest = majors.min { abs($0 - major) < abs($1 - major) } ?? major
        let placeholders = Placeholders(extensionSchemas)
        return lines.reduce(into: CatalogFacts()) { facts, line in
            guard line.majors?.contains(nearest) ?? true else { return }
            facts.add(
                CatalogObject(line.object.kind, placeholders.filled(line.object.name), of: line.object.relation),
                line.property, placeholders.filled(line.value))
        }
    }

    /// The roles whose grants are part of the schema.
    package var roles: [String] {
        Set(lines.filter { $0.object.kind == .role }.map(\.object.name)).sorted()
    }

    /// The role that owns everything of the schema.
    package var owner: String? {
        lines.first { $0.object.kind == .schema && $0.property == .owner }?.value
    }

    /// Of its relations, functions and types; those of functions without their arguments.
    package var names: [String] {
        let named = lines.filter { line in
            line.object.kind.isRelation || line.object.kind == .function || line.object.kind == .type
        }
        return Set(named.map { String($0.object.name.prefix { $0 != "(" }) }).sorted()
    }

    private static func unescaped(_ field: Substring) -> String {
        var result = ""
        var isEscaped = false
        for scalar in field.unicodeScalars {
            if isEscaped {
                result.unicodeScalars.append(scalar == "n" ? "\n" : scalar == "t" ? "\t" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Replaces the placeholders for the schemas of extensions in a recorded text.
private struct Placeholders {
    private let values: [(placeholder: String, value: String)]

    init(_ extensionSchemas: [String: String]) {
        values = ["vector", "pg_trgm"].flatMap { name in
            let quoted = extensionSchemas[name] ?? "public"
            return [("{\(name)}", quoted), ("{\(name):name}", Self.unquoted(quoted))]
        }
    }

    func filled(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
        // In one pass: the name of a schema may have a placeholder in it.
        var result = ""
        var rest = text[...]
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            rest = rest[brace...]
            if let found = values.first(where: { rest.hasPrefix($0.placeholder) }) {
                result += found.value
                rest = rest.dropFirst(found.placeholder.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }

    private static func unquoted(_ name: String) -> String {
        guard name.hasPrefix("\""), name.hasSuffix("\""), name.count > 1 else { return name }
        return String(name.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }
}
