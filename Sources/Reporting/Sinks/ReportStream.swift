import Glibc
import Synchronization

/// A file descriptor that reports are written to: standard error, or a substitute in tests.
///
/// A text that cannot be written as a whole counts as lost, and the next text that can be written is preceded by a
/// notice of the loss. Whoever writes waits for nobody once the queue is open; without one, a reader that does not read
/// from a non-blocking descriptor delays him by one second, once, and any other for as long as the reader likes.
package final class ReportStream: Sendable {
    package static let standardError = ReportStream(descriptor: STDERR_FILENO, queue: .ofThisProcess)

    private let descriptor: CInt
    private let queue: OutputQueue?
    private let state = Mutex(State())

    private struct State {
        var lost = 0
        var reason: CInt = 0
        /// Whether the last text was cut off in the middle of a line.
        var isMidLine = false
    }

    package init(descriptor: CInt, queue: OutputQueue? = nil) {
        self.descriptor = descriptor
        self.queue = queue
    }

    /// - Parameter notice: the lines that say how many texts were lost before this one, and why.
    package func write(
        _ text: String, sayingLoss notice: @escaping @Sendable (_ count: Int, _ reason: String) -> String = plainNotice
    ) {
        guard let queue else { return write(text, 0, notice) }
        queue.submit(bytes: text.utf8.count) { dropped in self.write(text, dropped, notice) }
    }

    /// - Parameter dropped: how many texts there was no room for in the queue.
    private func write(_ text: String, _ dropped: Int, _ notice: (Int, String) -> String) {
        state.withLock { state in
            let lost = state.lost + dropped
            let reason = state.lost > 0 ? String(cString: strerror(state.reason)) : Self.unread
            let pending = lost > 0 ? (state.isMidLine ? "\n" : "") + notice(lost, reason) + text : text
            var bytes = Array(pending.utf8)[...]
            if let error = write(&bytes, timeout: queue?.isOpen == true ? -1 : lost > 0 ? 0 : 1_000) {
                state.reason = error
                state.lost = lost + 1
                state.isMidLine = state.isMidLine || bytes.count < pending.utf8.count
            } else {
                state = State()
            }
        }
    }

    /// Why there was no room.
    static let unread = "nobody read what had been written before"

    @Sendable package static func plainNotice(_ count: Int, _ reason: String) -> String {
        "(\(count.counted("report")) lost here: \(reason))\n"
    }

    /// Removes from `bytes` what has been written.
    ///
    /// - Parameter timeout: how long to wait for a full pipe to drain, in milliseconds; -1 for as long as it takes.
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
