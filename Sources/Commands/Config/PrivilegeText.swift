import MaintenanceDatabase
import Reporting

/// What a role lacks, as text: missing privileges first, each with the statements or lines that add it.
struct PrivilegeText {
    private let database: String
    private let findings: [PrivilegeFinding]

    init(_ database: String, _ findings: [PrivilegeFinding]) {
        self.database = database
        self.findings = findings
    }

    var rendered: String {
        let missing = findings.filter { $0.severity == .missing }
        let advice = findings.filter { $0.severity == .advice }
        let headline =
            missing.isEmpty
            ? "\(database.visible): nothing is missing" : "\(database.visible): \(missing.count) missing"
        return
            ([headline] + missing.flatMap { lines(of: $0, mark: "missing") }
            + advice.flatMap { lines(of: $0, mark: "advice") }).joined(separator: "\n")
    }

    private func lines(of finding: PrivilegeFinding, mark: String) -> [String] {
        [
            "  \(mark)  \(finding.object.visible)", "    expected: \(finding.expected.visible)",
            "    found:    \(finding.found.visible)",
        ] + finding.cures.map { "      \($0)" }
    }
}
