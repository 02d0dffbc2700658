import Dispatch

/// One wait of an actor: for its socket, for a point in time, or for `wake()`, whichever comes first.
///
/// Not Sendable: it belongs to the actor that runs on `queue`, and all its handlers run there. The sources are
/// one-shot. The actor resumes from their *cancel* handlers, since only then the descriptor is out of epoll; libpq may
/// close the socket, and the kernel reuse its number, as soon as the actor goes on.
final class SocketWait {
    struct Interest: OptionSet {
        let rawValue: Int
        static let read = Interest(rawValue: 1)
        static let write = Interest(rawValue: 2)
    }

    private var sources: [any DispatchSourceProtocol] = []
    private var uncancelled = 0
    private var resume: (() -> Void)?
    private var isWoken = false

    /// Calls `resume` once, on `queue`. With `socket` below 0 there is only time to wait for.
    init(
        socket: Int32, interest: Interest, until deadline: ContinuousClock.Instant?, on queue: DispatchQueue,
        resume: @escaping () -> Void
    ) {
        self.resume = resume
        if socket >= 0, interest.contains(.read) {
            sources.append(DispatchSource.makeReadSource(fileDescriptor: socket, queue: queue))
        }
        if socket >= 0, interest.contains(.write) {
            sources.append(DispatchSource.makeWriteSource(fileDescriptor: socket, queue: queue))
        }
        if let deadline {
            let timer = DispatchSource.makeTimerSource(queue: queue)
            timer.schedule(deadline: .now() + .nanoseconds((deadline - .now).wholeNanoseconds))
            sources.append(timer)
        }
        uncancelled = sources.count
        for source in sources {
            source.setEventHandler { self.wake() }
            source.setCancelHandler { self.sourceCancelled() }
            source.activate()
        }
    }

    /// Ends the wait early. Harmless when it is over.
    func wake() {
        if isWoken { return }
        isWoken = true
        for source in sources { source.cancel() }
        if sources.isEmpty { finish() }
    }

    private func sourceCancelled() {
        uncancelled -= 1
        if uncancelled == 0 { finish() }
    }

    private func finish() {
        sources = []
        let resume = resume
        self.resume = nil
        resume?()
    }
}

extension Duration {
    /// At least 0, at most a century: what Dispatch can hold.
    var wholeNanoseconds: Int {
        let clamped = min(max(self, .zero), .seconds(3_000_000_000))
        return Int(clamped.components.seconds) * 1_000_000_000 + Int(clamped.components.attoseconds / 1_000_000_000)
    }
}
