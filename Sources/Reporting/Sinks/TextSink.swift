import CivilTime
import Maintenance
import Synchronization
import SystemdIO

/// Writes reports as lines of text for people, with a progress line below them where there is a terminal.
package final class TextSink: EventSink {
    package enum Style: Hashable, Sendable {
        /// Each line with `<N>` in front, for a service manager that reads standard error; only what a log keeps.
        case prefixed
        case plain
        /// A terminal, which can rewrite its last line.
        case terminal(coloured: Bool)
    }

    private let style: Style
    private let stream: ReportStream
    private let clock: (@Sendable () -> Instant)?
    private let progress: Mutex<ProgressLine>

    /// - Parameters:
    ///   - width: the columns of the terminal, asked before each drawing since a window changes its size.
    ///   - clock: where the lines of hours stand below each other, each begins with its time, in UTC. A service manager
    ///     that reads them has times of its own, and gets none.
    package init(
        style: Style, to stream: ReportStream, width: @escaping @Sendable () -> Int = { 80 },
        clock: (@Sendable () -> Instant)? = nil
    ) {
        self.style = style
        self.stream = stream
        self.clock = clock
        progress = Mutex(ProgressLine(width: width))
    }

    package func record(_ event: MaintenanceEvent) {
        let text = event.reports.filter(isShown).map { lines(of: $0) }.joined()
        guard case .terminal = style else {
            if !text.isEmpty { stream.write(text) }
            return
        }
        // One write for erasing, the lines and the new progress line: nothing of another thread comes between.
        progress.withLock { progress in
            stream.write(progress.erasure + text + progress.redrawn(after: event))
        }
    }

    func write(_ report: Report) {
        stream.write(lines(of: report))
    }

    func write(_ priority: Priority, _ visibleText: String) {
        stream.write(line(priority, visibleText))
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

    private var time: String { clock.map { "\($0().inWholeSeconds.iso8601) " } ?? "" }

    private func label(_ priority: Priority) -> String? {
        switch priority {
        case .emergency, .alert, .critical: "critical"
        case .error: "error"
        case .warning: "warning"
        case .notice, .informational, .debug: nil
        }
    }

    /// The terminal's own bold red and bold yellow.
    private func colour(_ priority: Priority) -> String {
        priority < .warning ? "1;31" : "1;33"
    }
}
