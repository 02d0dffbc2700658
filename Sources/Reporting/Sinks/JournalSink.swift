import Maintenance
import SystemdIO

/// Writes the reports that belong in a log to the systemd journal, as structured entries.
package struct JournalSink: EventSink {
    private let journal: Journal
    /// For reports that journald rejected: standard error, which systemd connects to the journal as well.
    private let fallback: TextSink

    package init(journal: Journal = Journal(identifier: "pgtend"), fallback: ReportStream = .standardError) {
        self.journal = journal
        self.fallback = TextSink(style: .prefixed, to: fallback)
    }

    package func record(_ event: MaintenanceEvent) {
        for report in event.reports where report.prominence == .record {
            do throws(SystemdError) {
                try journal.send(JournalEntry(report))
            } catch {
                fallback.write(report)
                fallback.write(.error, String(describing: error).visible)
            }
        }
    }
}

extension JournalEntry {
    fileprivate init(_ report: Report) throws(SystemdError) {
        var fields: [JournalField] = []
        for field in report.fields {
            let name = try JournalField.Name(field.name.rawValue)
            for text in field.value.texts { fields.append(JournalField(name, text)) }
        }
        self.init(
            message: report.message, priority: report.priority, messageID: report.kind.messageID, fields: fields,
            location: report.location)
    }
}

extension ReportField.Value {
    fileprivate var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .integer(let number): [String(number)]
        case .texts(let texts): texts
        case .integers(let numbers): numbers.map(String.init)
        }
    }
}
