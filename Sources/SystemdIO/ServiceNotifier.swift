import CSystemd
import Glibc

/// Tells the service manager how the service fares.
///
/// The manager is the one that `$NOTIFY_SOCKET` names; without the variable (in a shell, in most containers) there is
/// nobody to tell, and nothing is sent.
package struct ServiceNotifier: Sendable {
    package init() {}

    /// Whether a service manager waits for what this process tells.
    package var isListening: Bool { getenv("NOTIFY_SOCKET") != nil }

    /// Sends the states as one datagram, in this order: systemd acts on all of them or on none. From any thread;
    /// waits while the manager's receive queue is full.
    ///
    /// - Throws: `SystemdError` with the code `.notificationNotSent` and the `errno`.
    package func send(_ states: [NotifyState]) throws(SystemdError) {
        guard isListening, !states.isEmpty else { return }
        let text = states.map(\.assignments).joined(separator: "\n")
        var result: CInt
        repeat {
            result = sd_notify(0, text)
        } while result == -EINTR
        guard result >= 0 else {
            throw SystemdError(.notificationNotSent, context: text, errno: -result)
        }
    }
}

/// What a process can know of the systemd that started it.
package enum ServiceManager {
    /// Whether systemd itself executed this process, rather than a shell or program below one of its units:
    /// `$SYSTEMD_EXEC_PID` (systemd 248 and later) is inherited, so it counts only when it names this process.
    ///
    /// - Parameter announcement: the value of `$SYSTEMD_EXEC_PID`, nil when it is not set.
    package static func executed(announcement: String?, process: Int32) -> Bool {
        announcement == String(process)
    }
}
