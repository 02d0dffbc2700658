import Foundation
import Maintenance
import Settings
import TestSupport
import Testing

/// `docs/configuration.md` and the reader know the same keys.
@Suite("Configuration reference")
struct ReferenceTests {
    private static let section = GeneratedSection("keys", of: "docs/configuration.md")

    private let text: String

    init() throws {
        text = try Self.section.text()
    }

    /// One table for each mapping.
    private var reference: String {
        var sections: [(mapping: String, rows: [String])] = []
        for key in KeyDocumentation.all {
            let dot = key.path.lastIndex(of: ".")
            let mapping = dot.map { "`\(key.path[..<$0])`" } ?? "The file"
            let name = dot.map { key.path[key.path.index(after: $0)...] } ?? key.path[...]
            let fallback = key.isRequired ? "*required*" : key.defaultText.map { "`\($0)`" } ?? ""
            let variable = key.variable.map { "`\($0)`" } ?? ""
            let row = "| `\(name)` | \(key.expected) | \(fallback) | \(variable) | \(key.meaning) |\n"
            if let index = sections.firstIndex(where: { $0.mapping == mapping }) {
                sections[index].rows.append(row)
            } else {
                sections.append((mapping, [row]))
            }
        }
        let head = "| key | expected | default | environment | meaning |\n|---|---|---|---|---|\n"
        return sections.map { "\n### \($0.mapping)\n\n\(head)\($0.rows.joined())" }.joined() + "\n"
    }

    @Test func describesEveryKeyAsTheReaderKnowsIt() throws {
        try Self.section.agree(with: reference)
    }

    @Test func showsEveryKeyInAnExampleThatIsRight() throws {
        let begin = try #require(text.range(of: "```yaml\n"))
        let end = try #require(text.range(of: "```\n", range: begin.upperBound..<text.endIndex))
        let example = String(text[begin.upperBound..<end.lowerBound])
        let loaded = try load(example)
        #expect(loaded.warnings == [])
        // A schedule has the same keys whatever it is of.
        let place = { (path: String) in
            path.replacing(/\[\d+\]/, with: "[]").replacing(/(?:\w+\.)+schedule/, with: "schedule")
        }
        let shown = loaded.sources.keys.map(place)
        for key in KeyDocumentation.all {
            #expect(shown.contains { $0.hasPrefix(place(key.path)) } || key.path == "databases", "\(key.path)")
        }
    }

    @Test func hasAScheduleForEveryKindOfTask() {
        let paths = Set(KeyDocumentation.all.map(\.path))
        for task in TaskKind.allCases {
            #expect(paths.contains("databases[].\(task.traits.section).schedule.every"), "\(task)")
        }
    }

    @Test func namesEveryVariableAndNoOther() {
        let named = Set(text.matches(of: /PGTEND_[A-Z_]*[A-Z]/).map { String($0.output) })
        let known = KeyDocumentation.all.compactMap(\.variable) + ["PGTEND_CONFIG", "PGTEND_DATABASE"]
        #expect(named == Set(known))
    }

    @Test func everyVariableIsKnownToTheReader() throws {
        let environment = Dictionary(
            uniqueKeysWithValues: KeyDocumentation.all.compactMap(\.variable).map { ($0, "~wrong\u{0}~") })
        let found = problems(in: fileWithEveryKey, environment: environment)
        for variable in environment.keys {
            #expect(found.contains { $0.hasPrefix("environment: \(variable): expected ") }, "\(variable)")
        }
    }
}
