/// A JSON document, and what merging two of them means: written once more, from the description alone.
indirect enum Document: Equatable {
    case null
    case bool(Bool)
    case number(Int)
    case text(String)
    case array([Document])
    case object([String: Document])

    func merged(with patch: Document) -> Document {
        guard case .object(var merged) = self, case .object(let other) = patch else { return patch }
        for (key, value) in other {
            merged[key] = merged[key].map { $0.merged(with: value) } ?? value
        }
        return .object(merged)
    }

    /// As SQL.
    var literal: String { "'" + json.replacing("'", with: "''") + "'::jsonb" }

    private var json: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): Self.quoted(value)
        case .array(let elements): "[" + elements.map(\.json).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0) + ":" + $1.json }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    // MARK: - At random

    /// Few keys, so that two documents have some in common; some of them odd.
    private static let keys = ["a", "b", "c", "", "a b", "\"", "it's", "ключ", "\\"]

    static func random(_ random: inout some RandomNumberGenerator, depth: Int = 4) -> Document {
        switch Int.random(in: 0..<(depth > 0 ? 12 : 5), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2, 3: .number(.random(in: -3...3, using: &random))
        case 4: .text(keys.randomElement(using: &random) ?? "")
        case 5: .array((0..<2).map { _ in .random(&random, depth: depth - 1) })
        default: randomObject(&random, depth: depth)
        }
    }

    static func randomObject(_ random: inout some RandomNumberGenerator, depth: Int) -> Document {
        var members: [String: Document] = [:]
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            members[keys.randomElement(using: &random) ?? ""] = .random(&random, depth: depth - 1)
        }
        return .object(members)
    }

    /// An object in which the keys of even length hold objects, at every depth, and the others something else.
    static func randomTree(_ random: inout some RandomNumberGenerator, depth: Int) -> Document {
        var members: [String: Document] = [:]
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let key = keys.randomElement(using: &random) ?? ""
            members[key] =
                key.count.isMultiple(of: 2)
                ? (depth > 0 ? randomTree(&random, depth: depth - 1) : .object([:]))
                : .random(&random, depth: 0)
        }
        return .object(members)
    }
}
