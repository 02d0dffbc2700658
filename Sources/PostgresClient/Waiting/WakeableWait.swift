import Dispatch

/// The one wait that an actor may be in, and the memory of a wake-up that came before it.
///
/// Between two steps of an actor any other may run, so that an event can arrive after the actor has looked at its
/// state and before it waits: it must end the wait that is about to begin.
struct WakeableWait {
    private var current: SocketWait?
    private var isWakePending = false

    mutating func wake() {
        if let current {
            current.wake()
        } else {
            isWakePending = true
        }
    }

    /// `resume` is called once, on `queue`; see `SocketWait`.
    mutating func begin(
        socket: Int32, interest: SocketWait.Interest, until deadline: ContinuousClock.Instant?, on queue: DispatchQueue,
        resume: @escaping (SocketWait.Outcome) -> Void
    ) {
        if isWakePending {
            isWakePending = false
            resume(.woken)
        } else {
            current = SocketWait(socket: socket, interest: interest, until: deadline, on: queue, resume: resume)
        }
    }

    mutating func end() {
        current = nil
    }
}
