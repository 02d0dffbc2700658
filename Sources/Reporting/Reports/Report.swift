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
