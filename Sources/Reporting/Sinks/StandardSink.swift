import CivilTime
import Glibc
import Maintenance

extension ReportDestination {
    /// The sink for the reports of this process: the journal or standard error.
    ///
    /// - Parameters:
    ///   - now: the clock for timestamps; the journal has its own.
    ///   - isService: whether lines of text begin with a timestamp.
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

    /// The number of columns of the terminal at standard error; 80 if unknown.
    @Sendable private static func terminalWidth() -> Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
