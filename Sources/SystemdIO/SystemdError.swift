import Glibc

/// The error of this module: why something could not be sent to systemd, or read from its environment variables.
package struct SystemdError: Error, Hashable {
    package enum Code: Hashable, Sendable {
        /// journald would drop a field with this name.
        case invalidFieldName
        /// `JournalEntry` writes the field with this name itself.
        case reservedFieldName
        /// The entry could not be sent to journald.
        case entryNotSent
        /// The notification could not be sent to the service manager.
        case notificationNotSent
        /// `$WATCHDOG_USEC` or `$WATCHDOG_PID` has a value that systemd would not set.
        case invalidWatchdog
    }

    package let code: Code
    /// The name of the field, the message of the entry, the assignments of the notification, or the value of the
    /// variable.
    package let context: String
    /// The `errno` of the call that failed, if it was one.
    package let errno: Int32?

    init(_ code: Code, context: String, errno: Int32? = nil) {
        self.code = code
        self.context = context
        self.errno = errno
    }
}

extension SystemdError: CustomStringConvertible {
    package var description: String {
        switch code {
        case .invalidFieldName:
            """
            a journal field name is 1 to 64 upper-case letters, digits and underscores and starts with a letter, \
            found '\(context)'
            """
        case .reservedFieldName:
            "the journal field \(context) is written by the entry itself and cannot be given as a further field"
        case .entryNotSent:
            "journald did not take the entry '\(context)'\(reason)"
        case .notificationNotSent:
            "the service manager did not take '\(assignments)' on the socket of $NOTIFY_SOCKET\(reason)"
        case .invalidWatchdog:
            "expected a positive number of microseconds in $WATCHDOG_USEC, found '\(context)'\(reason)"
        }
    }

    /// The context on one line.
    private var assignments: String { context.split(separator: "\n").joined(separator: " ") }

    private var reason: String {
        guard let errno else { return "" }
        // glibc's strerror is thread-safe since 2.32: each thread has a buffer of its own.
        return ": \(String(cString: strerror(errno))) (errno \(errno))"
    }
}
