import CivilTime
import Maintenance
import Synchronization
import SystemdIO

/// Writes reports as lines of text for people; on a terminal with a progress line below them.
package final class TextSink: EventSink {
    package enum Style: Hashable, Sendable {
        /// Only reports that belong in a log. Each line has a priority prefix `<N>` for the service manager that reads
        /// standard error (sd-daemon(3)).
        case prefixed
        case plain
        /// With a progress line.
        case terminal(coloured: Bool)
    }

    private let style: Style
    private let namesDatabases: Bool
    private let stream: ReportStream
    private let clock: (@Sendable () -> Instant)?
    private let progress: Mutex<ProgressLine>

    /// - Parameters:
    ///   - namesDatabases: whether each line names its database.
    ///   - width: the number of columns of the terminal, called before each drawing since a window can be resized.
    ///   - clock: for a timestamp in UTC at the beginning of each line; nil for none. Lines in the style `prefixed`
    ///     have none, since the service manager adds its own.
    package init(
        style: Style, namesDatabases: Bool = false, to stream: ReportStream,
        width: @escaping @Sendable () -> Int = { 80 }, clock: (@Sendable () -> Instant)? = nil
    ) {
        self.namesDatabases = namesDatabases
        self.style = style
        self.stream = stream
        self.clock = clock
        progress = Mutex(ProgressLine(width: width))
    }

    package func record(_ event: MaintenanceEvent) {
        let text = event.reports(namingDatabases: namesDatabases).filter(isShown).map { lines(of: $0) }.joined()
        guard case .terminal = style else {
            if !text.isEmpty { stream.write(text, sayingLoss: lossNotice) }
            return
        }
        // One write, so that no output of another thread comes between the lines and the progress line.
        progress.withLock { progress in
            stream.write(progress.erasure + text + progress.redrawn(after: event), sayingLoss: lossNotice)
        }
    }

    func write(_ report: Report) {
        stream.write(lines(of: report))
    }

    func write(_ priority: Priority, _ visibleText: String) {
        stream.write(line(priority, visibleText))
    }

    @Sendable private func lossNotice(_ count: Int, _ reason: String) -> String {
        ServiceEvent.reportsLost(count: count, reason: reason).reports.map { lines(of: $0) }.joined()
    }

    private func isShown(_ report: Report) -> Bool {
        switch report.prominence {
        case .progress: false
        case .detail: style != .prefixed
        case .record: true
        }
    }

    private func lines(of report: Report) -> String {
        let remarks = report.remarks.map { remark(report.priority, $0) }
        return line(report.priority, report.message) + remarks.joined()
    }

    private func remark(_ priority: Priority, _ text: String) -> String {
        (style == .prefixed ? priority.linePrefix : "") + "  \(text)\n"
    }

    private func line(_ priority: Priority, _ text: String) -> String {
        switch style {
        case .prefixed: return "\(priority.linePrefix)\(text)\n"
        case .plain: return time + (label(priority).map { "\($0): \(text)\n" } ?? "\(text)\n")
        case .terminal(let coloured):
            guard let label = label(priority) else { return "\(time)\(text)\n" }
            let word = coloured ? "\u{1B}[\(colour(priority))m\(label):\u{1B}[0m" : "\(label):"
            return "\(time)\(word) \(text)\n"
        }
    }

    private var time: String { clock.map { "\($0().truncatedToSeconds.iso8601) " } ?? "" }

    private func label(_ priority: Priority) -> String? {
        switch priority {
        case .emergency, .alert, .critical: "critical"
        case .error: "error"
        case .warning: "warning"
        case .notice, .informational, .debug: nil
        }
    }

    /// The SGR parameters of bold red and bold yellow.
    private func colour(_ priority: Priority) -> String {
        priority < .warning ? "1;31" : "1;33"
    }
}
