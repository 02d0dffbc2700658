import CivilTime
import Glibc
import Maintenance

extension ReportDestination {
    /// The sink for the reports of this process: the journal or standard error.
    ///
    /// - Parameters:
    ///   - now: the clock for timestamps; the journal has its own.
    ///   - namesDatabases: whether each line names its database.
    ///   - isService: whether lines of text begin with a timestamp.
    package static func standardSink(
        format: ReportFormat?, namesDatabases: Bool, now: @escaping @Sendable () -> Instant, isService: Bool = false
    ) -> any EventSink {
        switch ReportDestination(format: format, environment: .ofThisProcess) {
        case .journal: RepetitionLimit(before: JournalSink(namesDatabases: namesDatabases))
        case .text(let style):
            RepetitionLimit(
                before: TextSink(
                    style: style, namesDatabases: namesDatabases, to: .standardError, width: terminalWidth,
                    clock: isService ? now : nil))
        case .jsonLines: JSONLinesSink(namesDatabases: namesDatabases, to: .standardError, now: now)
        }
    }

    /// The number of columns of the terminal at standard error; 80 if unknown.
    @Sendable private static func terminalWidth() -> Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
