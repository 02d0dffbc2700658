import CivilTime

/// The slots between two moments that are not in the ledger, because no service was running.
package struct SlotGap: Hashable, Sendable {
    /// The latest ones, at most ``limit``, oldest first.
    package let slots: [Instant]
    /// Whether there were more before the first of them.
    package let isCut: Bool

    package static let limit = 100

    /// - Parameters:
    ///   - last: the latest slot that is recorded; exclusive.
    ///   - due: the slot that is to be run; exclusive.
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

    /// The slots as missed slots of that kind of task. Where the list is cut, the reason of the first one says that all
    /// slots before it were missed too.
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
