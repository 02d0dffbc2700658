import Dispatch

/// The wait that an actor is in, if any, and whether a wake-up came before it began.
///
/// Actors are reentrant: an event can arrive after the actor has looked at its state and before it begins to wait. Such
/// an event must end the wait that is about to begin, or it would be missed.
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
