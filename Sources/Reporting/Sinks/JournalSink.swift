import Glibc
import Maintenance
import SystemdIO

/// Writes the reports that belong in a log to the systemd journal, as structured entries.
package struct JournalSink: EventSink {
    private let journal: Journal
    private let queue: OutputQueue
    private let namesDatabases: Bool
    /// For reports that journald rejected: standard error, which systemd connects to the journal as well. Written to where
    /// the entry was, in its place.
    private let fallback: TextSink

    package init(
        journal: Journal = Journal(identifier: "pgtend"), namesDatabases: Bool = false,
        queue: OutputQueue = .ofThisProcess, fallback: ReportStream = ReportStream(descriptor: STDERR_FILENO)
    ) {
        self.namesDatabases = namesDatabases
        self.journal = journal
        self.queue = queue
        self.fallback = TextSink(style: .prefixed, to: fallback)
    }

    /// journald stamps an entry when it gets it.
    package func record(_ event: MaintenanceEvent) {
        for report in event.reports(namingDatabases: namesDatabases) where report.prominence == .record {
            queue.submit(bytes: report.message.utf8.count + 256 * (1 + report.fields.count)) { dropped in
                if dropped > 0 {
                    ServiceEvent.reportsLost(count: dropped, reason: ReportStream.unread).reports.forEach(send)
                }
                send(report)
            }
        }
    }

    private func send(_ report: Report) {
        do throws(SystemdError) {
            try journal.send(JournalEntry(report))
        } catch {
            fallback.write(report)
            fallback.write(.error, String(describing: error).visible)
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
