import CSystemd
import Glibc

/// Reports the state of the service to the service manager.
///
/// `$NOTIFY_SOCKET` names the socket of the service manager. If it is not set (in a shell, in most containers), nothing
/// is sent.
package struct ServiceNotifier: Sendable {
    package init() {}

    /// Whether there is a service manager that receives notifications of this process.
    package var isListening: Bool { getenv("NOTIFY_SOCKET") != nil }

    /// Sends the states in one datagram, in this order: systemd processes all of them or none. May be called on any
    /// thread; waits while the service manager's receive queue is full.
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

/// What a process can know about the systemd that started it.
package enum ServiceManager {
    /// Whether systemd itself executed this process, rather than a shell or another program of a unit.
    /// `$SYSTEMD_EXEC_PID` (systemd 248 and later) is inherited by child processes, so it counts only if it names this
    /// process.
    ///
    /// - Parameter announcement: the value of `$SYSTEMD_EXEC_PID`, nil when it is not set.
    package static func executed(announcement: String?, process: Int32) -> Bool {
        announcement == String(process)
    }
}
