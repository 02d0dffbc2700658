import Glibc
import Synchronization

/// A file descriptor that reports are written to: standard error, or a substitute in tests.
///
/// A text that cannot be written as a whole counts as lost, and the next text that can be written is preceded by a
/// notice of the loss. If the descriptor is non-blocking, a reader that does not read delays a run by one second, once.
package final class ReportStream: Sendable {
    package static let standardError = ReportStream(descriptor: STDERR_FILENO)

    private let descriptor: CInt
    private let state = Mutex(State())

    private struct State {
        var lost = 0
        var reason: CInt = 0
        /// Whether the last text was cut off in the middle of a line.
        var isMidLine = false
    }

    package init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    package func write(_ text: String) {
        state.withLock { state in
            let pending = state.lost > 0 ? notice(of: state) + text : text
            var bytes = Array(pending.utf8)[...]
            if let error = write(&bytes, timeout: state.lost > 0 ? 0 : 1_000) {
                state.lost += 1
                state.reason = error
                state.isMidLine = state.isMidLine || bytes.count < pending.utf8.count
            } else {
                state = State()
            }
        }
    }

    private func notice(of state: State) -> String {
        let reason = String(cString: strerror(state.reason))
        return (state.isMidLine ? "\n" : "") + "(\(state.lost.counted("report")) lost here: \(reason))\n"
    }

    /// Removes from `bytes` what has been written.
    ///
    /// - Parameter timeout: how long to wait for a full pipe to drain, in milliseconds.
    /// - Returns: the `errno` of the failure; nil if everything was written.
    private func write(_ bytes: inout ArraySlice<UInt8>, timeout: CInt) -> CInt? {
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&ready, 1, timeout) == 1 else { return EAGAIN }
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
