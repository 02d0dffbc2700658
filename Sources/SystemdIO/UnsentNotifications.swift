/// The notifications that the service manager has not taken yet, as far as they still matter: never more than one of each
/// kind. Pure: whoever holds it sends them, and says which were taken.
package struct UnsentNotifications: Sendable {
    private struct Entry {
        let state: NotifyState
        /// By any clock that stands still for nobody: when it was to be sent.
        let time: Duration
    }

    /// Oldest first.
    private var entries: [Entry] = []
    /// How many were overtaken by later ones before they could be sent.
    package private(set) var overtaken = 0

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    package mutating func add(_ states: [NotifyState], at now: Duration) {
        for state in states {
            let left = entries.filter { !state.overtakes($0.state) }
            overtaken += entries.count - left.count
            entries = left + [Entry(state: state, time: now)]
        }
    }

    /// The states of the next datagram, as they are to be sent now; empty if there is none.
    ///
    /// The end of a reload has a datagram of its own: the service manager processes all of one at once.
    package func next(at now: Duration) -> [NotifyState] {
        var states: [NotifyState] = []
        for entry in entries {
            if entry.state == .ready, states.contains(where: \.isReloading) { break }
            states.append(entry.state.postponed(by: now - entry.time))
        }
        return states
    }

    /// So many of the oldest have been taken.
    package mutating func remove(_ count: Int) {
        entries.removeFirst(count)
    }

    /// All are sent: what was overtaken counts from now on.
    package mutating func forgetOvertaken() { overtaken = 0 }
}

extension NotifyState {
    fileprivate var isReloading: Bool { if case .reloading = self { true } else { false } }

    /// Whether `earlier`, which has not been sent yet, says nothing any more once this state is sent.
    fileprivate func overtakes(_ earlier: NotifyState) -> Bool {
        switch (self, earlier) {
        case (.status, .status), (.extendTimeout, .extendTimeout), (.watchdog, .watchdog): true
        case (.ready, .ready): true
        case (.reloading, .reloading), (.reloading, .ready): true
        case (.stopping, .stopping), (.stopping, .ready), (.stopping, .reloading): true
        default: false
        }
    }

    /// A time limit counts from when it was to be sent.
    fileprivate func postponed(by delay: Duration) -> NotifyState {
        if case .extendTimeout(let duration) = self { .extendTimeout(max(.zero, duration - delay)) } else { self }
    }
}
