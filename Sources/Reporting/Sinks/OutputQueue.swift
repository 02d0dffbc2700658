import Dispatch
import Glibc
import Synchronization

/// A thread that writes what others may leave unread: the lines of standard output and standard error, the entries of the
/// journal. A full pipe, a terminal that was stopped and a journald that hangs keep this thread alone waiting.
///
/// A thread, since non-blocking mode belongs to the open file, which other processes have, too. Whoever submits never
/// waits. The order is kept over all destinations, which may be one and the same.
package final class OutputQueue: Sendable {
    /// Standard output and standard error of this process, or its journal.
    package static let ofThisProcess = OutputQueue()

    private struct Item {
        let bytes: Int
        let write: @Sendable () -> Void
    }

    private struct State {
        /// In bytes; nil as long as the queue is not open.
        var limit: Int?
        /// Oldest first, without the one that is being written.
        var waiting: [Item] = []
        /// Of those that wait and of the one that is being written.
        var bytes = 0
        var isWriting = false
        /// What was dropped since something was accepted.
        var dropped = 0
        var drained: [DispatchSemaphore] = []
    }

    private let state = Mutex(State())
    private let submitted = DispatchSemaphore(value: 0)

    package init() {}

    package var isOpen: Bool { state.withLock { $0.limit != nil } }

    /// Starts the thread. Until then whatever is submitted is written by whoever submits it.
    ///
    /// - Parameter limit: how many bytes may wait. What goes beyond is dropped, except for something that finds the queue
    ///   empty.
    /// - Returns: false where the system does not grant another thread; then nothing changes.
    package func open(limit: Int) -> Bool {
        // What a signal does is for the main thread to decide: this one inherits that it takes none.
        var (all, before) = (sigset_t(), sigset_t())
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<OutputQueue>.fromOpaque(context).takeRetainedValue().work() }
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        state.withLock { $0.limit = limit }
        return true
    }

    /// Has `write` called on the thread, after all that was submitted before; or drops it, where too much is waiting.
    ///
    /// - Parameters:
    ///   - bytes: about as much as it takes to keep.
    ///   - write: may wait. It is given how much was dropped right before it.
    package func submit(bytes: Int, _ write: @escaping @Sendable (_ dropped: Int) -> Void) {
        let isOpen = state.withLock { state in
            guard let limit = state.limit else { return false }
            guard state.bytes == 0 || state.bytes + bytes <= limit else {
                state.dropped += 1
                return true
            }
            let dropped = state.dropped
            state.dropped = 0
            state.bytes += bytes
            state.waiting.append(Item(bytes: bytes) { write(dropped) })
            submitted.signal()
            return true
        }
        if !isOpen { write(0) }
    }

    /// Waits until all that was submitted is written.
    ///
    /// - Parameter limit: for so long at most; nil for as long as it takes.
    /// - Returns: whether it is.
    @discardableResult
    package func drain(within limit: Duration? = nil) -> Bool {
        let drained = DispatchSemaphore(value: 0)
        let isDrained = state.withLock { state in
            if state.waiting.isEmpty, !state.isWriting { return true }
            state.drained.append(drained)
            return false
        }
        if isDrained { return true }
        let deadline = limit.map { DispatchTime.now() + .milliseconds(Int($0 / .milliseconds(1))) } ?? .distantFuture
        return drained.wait(timeout: deadline) == .success
    }

    private func work() {
        while true {
            submitted.wait()
            let items = state.withLock { state in
                defer { state.waiting = [] }
                state.isWriting = true
                return state.waiting
            }
            for item in items {
                item.write()
                state.withLock { $0.bytes -= item.bytes }
            }
            let drained = state.withLock { state -> [DispatchSemaphore] in
                state.isWriting = false
                guard state.waiting.isEmpty else { return [] }
                defer { state.drained = [] }
                return state.drained
            }
            for waiter in drained { waiter.signal() }
        }
    }
}
