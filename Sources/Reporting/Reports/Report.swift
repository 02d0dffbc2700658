import SystemdIO

/// What is reported about an event: a sentence for people, fields for programs. Every sink writes the same report, so
/// that the terminal, the journal and JSON lines never disagree.
package struct Report: Sendable {
    package let kind: EventKind
    package let priority: Priority
    package let prominence: Prominence
    /// One sentence on one line; control characters of the names in it are escaped.
    package let message: String
    /// Further lines for people, escaped like `message`.
    package let remarks: [String]
    /// The data, with names and texts unescaped.
    package let fields: [ReportField]
    /// Where the report is created in the source (`CODE_FILE`, `CODE_LINE`, `CODE_FUNC`).
    package let location: CodeLocation

    init(
        _ kind: EventKind, _ priority: Priority, _ prominence: Prominence, _ sentence: String,
        remarks: [String] = [], fields: [ReportField],
        file: String = #fileID, line: Int = #line, function: String = #function
    ) {
        self.kind = kind
        self.priority = priority
        self.prominence = prominence
        message = sentence.visible
        self.remarks = remarks.map(\.visible)
        self.fields = fields
        location = CodeLocation(file: file, line: line, function: function)
    }

    /// The report as a process that works in several databases says it: what is said of an object begins with the database,
    /// unless the sentence names it anyway, and so does each further line, which stands alone in a log.
    var namingDatabase: Report {
        guard case .text(let name)? = fields.first(where: { $0.name == .database })?.value else { return self }
        let database = name.visible
        return Report(self, kind.isOfObject ? "\(database): \(message)" : message, remarks.map { "\(database): \($0)" })
    }

    private init(_ report: Report, _ message: String, _ remarks: [String]) {
        (kind, priority, prominence) = (report.kind, report.priority, report.prominence)
        (self.message, self.remarks) = (message, remarks)
        (fields, location) = (report.fields, report.location)
    }

    /// Which sinks write the report.
    package enum Prominence: Sendable {
        /// JSON lines only; a terminal shows it in its progress line.
        case progress
        /// Also text for people, but no log: the summary of the run counts it, and a thousand partitions should not be
        /// a thousand log entries.
        case detail
        /// All sinks.
        case record
    }
}
