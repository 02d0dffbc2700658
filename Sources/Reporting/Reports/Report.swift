import SystemdIO

/// What every sink says of an event: one sentence for people, fields for machines. Made once, so that the terminal,
/// the journal and JSON lines never disagree.
package struct Report: Sendable {
    package let kind: EventKind
    package let priority: Priority
    package let prominence: Prominence
    /// One sentence with its figures, on one line, without control characters whatever the names in it.
    package let message: String
    /// Further lines for people, as safe as `message`.
    package let remarks: [String]
    /// Data: names and texts as they are.
    package let fields: [ReportField]
    /// Where the sentence is worded.
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

    /// Who wants to know.
    package enum Prominence: Sendable {
        /// Only a progress display and machines that follow along.
        case progress
        /// People who read along, too. A log does without it: the summary of the run counts it, and a thousand
        /// partitions are not a thousand entries.
        case detail
        /// Everyone.
        case record
    }
}
