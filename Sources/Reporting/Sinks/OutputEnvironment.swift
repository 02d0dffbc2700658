import Glibc
import SystemdIO

/// The facts about this process on which the choice of a ``ReportDestination`` depends.
package struct OutputEnvironment: Hashable, Sendable {
    package enum StandardError: Hashable, Sendable {
        case terminal
        /// A regular file. A prefix `<N>` would stay in it, since only a service manager strips it.
        case file
        /// A pipe, a socket or a device.
        case other
    }

    package var standardError: StandardError
    package var standardErrorIsJournal: Bool
    package var journalIsReachable: Bool
    package var executedByServiceManager: Bool
    /// `$NO_COLOR` is set and not empty (no-color.org).
    package var forbidsColour: Bool
    /// `$TERM`.
    package var terminalType: String?

    package init(
        standardError: StandardError, standardErrorIsJournal: Bool = false, journalIsReachable: Bool = false,
        executedByServiceManager: Bool = false, forbidsColour: Bool = false, terminalType: String? = nil
    ) {
        self.standardError = standardError
        self.standardErrorIsJournal = standardErrorIsJournal
        self.journalIsReachable = journalIsReachable
        self.executedByServiceManager = executedByServiceManager
        self.forbidsColour = forbidsColour
        self.terminalType = terminalType
    }

    /// The environment of this process.
    package static var ofThisProcess: OutputEnvironment {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        return OutputEnvironment(
            standardError: StandardError(descriptor: STDERR_FILENO),
            standardErrorIsJournal: JournalStream.isConnected(
                announcement: variable("JOURNAL_STREAM"), descriptor: STDERR_FILENO),
            journalIsReachable: Journal.isReachable,
            executedByServiceManager: ServiceManager.executed(
                announcement: variable("SYSTEMD_EXEC_PID"), process: getpid()),
            forbidsColour: !(variable("NO_COLOR") ?? "").isEmpty,
            terminalType: variable("TERM"))
    }
}

extension OutputEnvironment.StandardError {
    package init(descriptor: CInt) {
        var status = stat()
        if isatty(descriptor) == 1 {
            self = .terminal
        } else if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
            self = .file
        } else {
            self = .other
        }
    }
}
