import Dispatch

/// One wait of an actor: it ends when the socket is ready, when the deadline passes, or by `wake()`.
///
/// Not Sendable: it belongs to the actor that runs on `queue`, and all its handlers run there. Each Dispatch source is
/// used once. The actor resumes only after all *cancel* handlers have run, since only then is the descriptor out of
/// epoll: as soon as the actor goes on, libpq may close the socket, and the kernel may reuse its number.
final class SocketWait {
    struct Interest: OptionSet {
        let rawValue: Int
        static let read = Interest(rawValue: 1)
        static let write = Interest(rawValue: 2)
    }

    /// What ended a wait. PQconnectPoll may be called only after `.ready`: it takes each call to mean that the socket
    /// is ready.
    enum Outcome {
        case ready
        case deadline
        case woken
    }

    private var sources: [any DispatchSourceProtocol] = []
    private var uncancelled = 0
    private var resume: ((Outcome) -> Void)?
    private var outcome: Outcome?

    /// Calls `resume` once, on `queue`. A `socket` below 0 means that there is none: only the deadline counts.
    init(
        socket: Int32, interest: Interest, until deadline: ContinuousClock.Instant?, on queue: DispatchQueue,
        resume: @escaping (Outcome) -> Void
    ) {
        self.resume = resume
        if socket >= 0, interest.contains(.read) {
            add(DispatchSource.makeReadSource(fileDescriptor: socket, queue: queue), .ready)
        }
        if socket >= 0, interest.contains(.write) {
            add(DispatchSource.makeWriteSource(fileDescriptor: socket, queue: queue), .ready)
        }
        if let deadline {
            let timer = DispatchSource.makeTimerSource(queue: queue)
            timer.schedule(deadline: .now() + .nanoseconds((deadline - .now).wholeNanoseconds))
            add(timer, .deadline)
        }
        for source in sources { source.activate() }
    }

    /// Ends the wait early. Does nothing if it is over already.
    func wake() {
        end(.woken)
    }

    private func add(_ source: any DispatchSourceProtocol, _ outcome: Outcome) {
        source.setEventHandler { self.end(outcome) }
        source.setCancelHandler {
            self.uncancelled -= 1
            self.resumeOnceCancelled()
        }
        sources.append(source)
        uncancelled += 1
    }

    private func end(_ outcome: Outcome) {
        if self.outcome != nil { return }
        self.outcome = outcome
        for source in sources { source.cancel() }
        resumeOnceCancelled()
    }

    private func resumeOnceCancelled() {
        guard uncancelled == 0, let outcome, let resume else { return }
        sources = []
        self.resume = nil
        resume(outcome)
    }
}

extension Duration {
    /// Clamped to between 0 and 95 years, which Dispatch can hold.
    var wholeNanoseconds: Int {
        let clamped = min(max(self, .zero), .seconds(3_000_000_000))
        return Int(clamped.components.seconds) * 1_000_000_000 + Int(clamped.components.attoseconds / 1_000_000_000)
    }
}
