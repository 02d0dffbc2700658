import CivilTime

/// The slots between two moments that nobody has recorded: while no service was there to start them.
package struct SlotGap: Hashable, Sendable {
    /// Oldest first, at most ``limit``: the latest ones.
    package let slots: [Instant]
    /// Whether there are more before the first of them.
    package let isCut: Bool

    package static let limit = 100

    /// - Parameters:
    ///   - last: the latest slot that is recorded.
    ///   - due: the slot that is to be run.
    package init(_ schedule: Schedule, after last: Instant, before due: Instant) {
        var slots: [Instant] = []
        var isCut = false
        var end = due
        while let slot = schedule.latest(notAfter: end.adding(microseconds: -1)), slot > last {
            if slots.count == Self.limit {
                isCut = true
                break
            }
            slots.append(slot)
            end = slot
        }
        self.slots = slots.reversed()
        self.isCut = isCut
    }

    /// The same as slots of that kind of task that were missed; the reason of the first one speaks for all before it.
    package func missed(_ task: TaskKind, since last: Instant) -> [PassedSlot] {
        let reason = "no service was there to start it"
        return slots.enumerated().map { index, due in
            let isLast = index == 0 && isCut
            return PassedSlot(
                Slot(task: task, due: due), .missed,
                reason: isLast ? "\(reason), nor any slot before it since \(last)" : reason)
        }
    }
}
