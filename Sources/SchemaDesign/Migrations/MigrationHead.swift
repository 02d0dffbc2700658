import EmbeddedSQL
import SQLText

/// The comments before the first statement of a step of a migration, and what follows them.
struct MigrationHead {
    private let part: Migration.Part
    /// What it says, by key: `run`, `locks`.
    private let entries: [String: String]
    /// Without the semicolon at the end.
    private let body: String

    private static let keys = ["run", "locks"]

    init(_ part: Migration.Part) throws(MigrationHeadError) {
        self.part = part
        let lines = part.text.split(separator: "\n", omittingEmptySubsequences: false)
        let count = lines.prefix { $0.hasPrefix("--") }.count
        var entries: [String: String] = [:]
        for line in lines.prefix(count) {
            let words = line.dropFirst(2).split(separator: ":", maxSplits: 1)
            guard words.count == 2, let key = Self.keys.first(where: { " \($0)" == words[0] }) else { continue }
            guard entries.updateValue(String(words[1].drop { $0 == " " }), forKey: key) == nil else {
                throw MigrationHeadError(part, "it says '\(key)' twice")
            }
        }
        self.entries = entries
        var body = lines.dropFirst(count).joined(separator: "\n")[...]
        while let last = body.last, last == "\n" || last == ";" || last == " " { body.removeLast() }
        self.body = String(body)
    }

    var manner: MigrationStep.Manner {
        get throws(MigrationHeadError) {
            let locks = try locks
            switch entries["run"] {
            case "together" where locks.isEmpty: return .together
            case "briefly" where !locks.isEmpty: return .briefly(locks)
            case "patiently" where !locks.isEmpty: return .patiently(locks)
            case "concurrently" where locks.isEmpty: return try index
            case "in batches" where locks.isEmpty: return try batches
            case "together", "concurrently", "in batches": throw error("what runs so names no locks")
            case "briefly", "patiently": throw error("what runs so says what it locks: '-- locks: TABLE MODE, …'")
            default:
                throw error("it has no '-- run:' with together, briefly, patiently, concurrently or in batches")
            }
        }
    }

    func statements(_ manner: MigrationStep.Manner) throws(MigrationHeadError) -> [String] {
        switch manner {
        case .inBatches: return []
        case .concurrently:
            guard let place = body.firstRange(of: "INDEX ") else { throw error("it is no CREATE INDEX") }
            return [body[..<place.lowerBound] + "INDEX CONCURRENTLY " + body[place.upperBound...]]
        case .together, .briefly, .patiently: return [body]
        }
    }

    private var locks: [LockRequirement] {
        get throws(MigrationHeadError) {
            guard let text = entries["locks"] else { return [] }
            var locks: [LockRequirement] = []
            for entry in text.split(separator: ",") {
                let words = entry.split(separator: " ")
                let mode = LockMode(rawValue: words.dropFirst().joined(separator: " "))
                guard let table = words.first.flatMap(Self.relation), let mode else {
                    throw error("'\(entry)' is no table with its schema and the mode of a lock")
                }
                locks.append(LockRequirement(mode, on: table))
            }
            return locks
        }
    }

    /// `CREATE [UNIQUE] INDEX name ON schema.table …`
    private var index: MigrationStep.Manner {
        get throws(MigrationHeadError) {
            let words = body.split { $0 == " " || $0 == "\n" }
            let rest = words.drop { $0 != "INDEX" }.dropFirst()
            guard ["CREATE INDEX", "CREATE UNIQUE"].contains(words.prefix(2).joined(separator: " ")),
                rest.dropFirst().first == "ON", let name = rest.first,
                let table = rest.dropFirst(2).first.flatMap(Self.relation), !body.contains(";")
            else { throw error("it is not one 'CREATE [UNIQUE] INDEX name ON schema.table …'") }
            return .concurrently(index: String(name), table: table)
        }
    }

    /// `UPDATE schema.table AS r`, and in lines of their own `SET …` and `WHERE …`.
    private var batches: MigrationStep.Manner {
        get throws(MigrationHeadError) {
            guard let set = body.firstRange(of: "\nSET "), let condition = body.firstRange(of: "\nWHERE "),
                set.upperBound < condition.lowerBound, !body.contains(";"),
                case let words = body[..<set.lowerBound].split(separator: " "), words.count == 4,
                words[0] == "UPDATE", words[2...] == ["AS", "r"], let table = Self.relation(words[1])
            else { throw error("it is not one 'UPDATE schema.table AS r', with lines 'SET …' and 'WHERE …'") }
            return .inBatches(
                table: table, assignment: String(body[set.upperBound..<condition.lowerBound]),
                condition: String(body[condition.upperBound...]))
        }
    }

    /// A table of ours: neither its name nor its schema's has to be quoted.
    private static func relation(_ text: Substring) -> RelationName? {
        let names = text.split(separator: ".", omittingEmptySubsequences: false)
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty && !$0.contains("\"") }) else { return nil }
        return RelationName(schema: String(names[0]), name: String(names[1]))
    }

    private func error(_ message: String) -> MigrationHeadError { MigrationHeadError(part, message) }
}

/// A mistake in a file of `sql/`, which a test finds.
package struct MigrationHeadError: Error, Equatable, CustomStringConvertible {
    package let path: String
    package let message: String

    init(_ part: Migration.Part, _ message: String) {
        path = part.path
        self.message = message
    }

    package var description: String { "\(path): \(message)" }
}
