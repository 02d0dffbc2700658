import Glibc

/// Reports the state of the service to the service manager, and never waits for it: sd_notify(3) itself waits for as long
/// as the receive queue is full.
///
/// `$NOTIFY_SOCKET` names the socket of the service manager: a path, or a name after `@` without a file. If it is not set
/// (in a shell, in most containers), nothing is sent.
package final class ServiceNotifier: Sendable {
    private let name: String?
    /// Kept, so that notifications can be sent when no further file can be opened.
    private let descriptor: CInt
    private let openFailure: CInt

    package init() {
        name = getenv("NOTIFY_SOCKET").map { String(cString: $0) }
        descriptor = name == nil ? -1 : socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        openFailure = descriptor < 0 ? errno : 0
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Whether there is a service manager that receives notifications of this process.
    package var isListening: Bool { name != nil }

    /// Sends the states in one datagram, in this order: systemd processes all of them or none. May be called on any
    /// thread, and never waits.
    ///
    /// - Throws: `SystemdError` with the code `.notificationNotSent` and the `errno`, which is EAGAIN while the service
    ///   manager's receive queue is full.
    package func send(_ states: [NotifyState]) throws(SystemdError) {
        guard let name, !states.isEmpty else { return }
        let text = states.map(\.assignments).joined(separator: "\n")
        if let errno = descriptor < 0 ? openFailure : send(Array(text.utf8), to: Array(name.utf8)) {
            throw SystemdError(.notificationNotSent, context: text, errno: errno)
        }
    }

    /// By the address each time: the service manager may have made its socket anew.
    ///
    /// - Returns: the `errno` of the failure; nil if it was sent.
    private func send(_ bytes: [UInt8], to name: [UInt8]) -> CInt? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A path ends with a zero byte.
        guard let first = name.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
            name.count < MemoryLayout.size(ofValue: address.sun_path)
        else { return EINVAL }
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: name)
            if first == UInt8(ascii: "@") { path[0] = 0 }
        }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
        while true {
            let count = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(descriptor, bytes, bytes.count, flags, $0, size)
                }
            }
            if count >= 0 { return nil }
            if errno != EINTR { return errno }
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
