import CivilTime
import Glibc
import Maintenance
import SystemdIO

extension ReportDestination {
    /// The sink for reports of this process: the journal or standard error.
    ///
    /// - Parameters:
    ///   - now: the clock for JSON lines; journald stamps its entries itself.
    ///   - isService: lines of text begin with their time, too.
    package static func standardSink(
        format: ReportFormat?, now: @escaping @Sendable () -> Instant, isService: Bool = false
    ) -> any EventSink {
        switch ReportDestination(format: format, environment: .ofThisProcess) {
        case .journal: RepetitionLimit(before: JournalSink())
        case .text(let style):
            RepetitionLimit(
                before: TextSink(
                    style: style, to: .standardError, width: terminalWidth, clock: isService ? now : nil))
        case .jsonLines: JSONLinesSink(to: .standardError, now: now)
        }
    }

    /// The columns of the terminal at standard error, 80 where it does not say.
    @Sendable private static func terminalWidth() -> Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
