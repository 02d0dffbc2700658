import Maintenance
import Reporting
import SystemdIO
import TestSupport
import Testing

/// `docs/events.md` says what the code reports and what the catalog explains. What no declaration tells (which
/// priorities and fields a kind of event has) comes from the samples, of which there are some for every kind.
/// Serialized, since both parts are of one file: rewritten at once, one would be lost.
@Suite("Event reference", .serialized)
struct EventReferenceTests {
    private let reports: [EventKind: [Report]]
    private let catalog: [String: Catalog.Entry]

    init() throws {
        reports = Dictionary(grouping: SampleEvents.all.flatMap(\.reports), by: \.kind)
        catalog = Dictionary(uniqueKeysWithValues: try Catalog.entries().map { ($0.id, $0.entry) })
    }

    @Test func describesEveryEventAsItIsReported() throws {
        try GeneratedSection("events", of: "docs/events.md").agree(
            with: "\n" + EventKind.allCases.map(section).joined(separator: "\n") + "\n")
    }

    @Test func describesEveryField() throws {
        let rows = ReportField.Name.allCases.map { name in
            let kinds = EventKind.allCases.filter { kind in reports[kind]?.contains { $0.sends(name) } == true }
            #expect(!kinds.isEmpty, "\(name) is in no sample")
            return "| `\(name.rawValue)` | `\(name.jsonKey)` | \(form(of: name)) | \(name.meaning) |\n"
        }
        try GeneratedSection("fields", of: "docs/events.md").agree(
            with: "\n| field | in JSON | value | meaning |\n|---|---|---|---|\n\(rows.joined())\n")
    }

    private func section(_ kind: EventKind) -> String {
        let samples = reports[kind] ?? []
        let entry = catalog[kind.messageID.rawValue] ?? Catalog.Entry()
        return """
            ### `\(kind.rawValue)`

            **\(entry.headers["Subject"] ?? "")**

            | | |
            |---|---|
            | message id | `\(kind.messageID.rawValue)` |
            | priority | \(priorities(of: samples)) |
            | shown | \(audience(of: samples)) |
            | fields | \(fields(of: samples)) |

            > \(samples.first?.message.escapedForMarkdown ?? "")

            \(entry.text.trimmed)

            """
    }

    private func priorities(of samples: [Report]) -> String {
        Set(samples.map(\.priority)).sorted(by: >).map { "\($0.rawValue) \($0)" }.joined(separator: ", ")
    }

    private func audience(of samples: [Report]) -> String {
        let audiences = Set(
            samples.map { report in
                switch report.prominence {
                case .record: "everywhere"
                case .detail: "text and JSON, not the journal"
                case .progress: "JSON only"
                }
            })
        return audiences.sorted().joined(separator: " or ")
    }

    private func fields(of samples: [Report]) -> String {
        let names = ReportField.Name.allCases.filter { name in samples.contains { $0.sends(name) } }
        let always = names.filter { name in samples.allSatisfy { $0.sends(name) } }
        let listed = { (names: [ReportField.Name]) in names.map { "`\($0.rawValue)`" }.joined(separator: ", ") }
        let sometimes = names.filter { !always.contains($0) }
        return [
            listed(always), sometimes.isEmpty ? "" : "now and then \(listed(sometimes))",
        ].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    private func form(of name: ReportField.Name) -> String {
        let values = reports.values.joined().flatMap(\.fields).filter { $0.name == name }.map(\.value)
        let forms = Set(
            values.map { value in
                switch value {
                case .text: "text"
                case .integer: "number"
                case .texts: "texts"
                case .integers: "numbers"
                }
            })
        return forms.sorted().joined(separator: " or ")
    }
}

extension Report {
    fileprivate func sends(_ name: ReportField.Name) -> Bool { fields.contains { $0.name == name } }
}

extension String {
    fileprivate var trimmed: String {
        var lines = split(separator: "\n", omittingEmptySubsequences: false)
        while lines.first?.isEmpty == true { lines.removeFirst() }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    /// `[2026-…, …)` is no link, `a_b` no emphasis.
    fileprivate var escapedForMarkdown: String {
        reduce(into: "") { result, character in
            if "\\`*_[]<>|".contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}
