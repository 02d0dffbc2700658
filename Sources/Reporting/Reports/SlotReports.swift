import Maintenance

extension Slot {
    func report(late delay: Duration, in database: String) -> Report {
        Report(
            .slotLate, .warning, .record,
            "\(task.rawValue) of \(database) due at \(due.iso8601) began \(delay.humanReadable) late",
            fields: fields(in: database) + [ReportField(.lateMicroseconds, delay)])
    }

    func report(ownedBy owner: RunOwner, in database: String) -> Report {
        Report(
            .slotElsewhere, .informational, .record,
            "\(task.rawValue) of \(database) due at \(due.iso8601) has been completed by \(owner.sentence)",
            fields: fields(in: database) + owner.fields)
    }

    func report(heldBy held: HeldRunLock, in database: String) -> Report {
        Report(
            .slotElsewhere, .informational, .record,
            "\(task.rawValue) of \(database) due at \(due.iso8601) is left to another run, which is at it: \(held.holder)",
            fields: fields(in: database) + held.fields)
    }

    func report(takenOverFrom owner: RunOwner, by runID: String, in database: String) -> Report {
        Report(
            .runTakenOver, .warning, .record,
            """
            \(task.rawValue) of \(database) due at \(due.iso8601) taken over from a service that died before the end: \
            \(owner.sentence)
            """, fields: [ReportField(.runID, runID)] + fields(in: database) + owner.fields)
    }

    fileprivate func fields(in database: String) -> [ReportField] {
        [ReportField(.database, database), ReportField(.task, task.rawValue), ReportField(.slot, due)]
    }
}

extension RunOwner {
    fileprivate var sentence: String { "run \(runID) of pid \(pid) on \(host), begun at \(startedAt.iso8601)" }

    fileprivate var fields: [ReportField] {
        [ReportField(.ownerRunID, runID), ReportField(.ownerHost, host), ReportField(.ownerPID, pid)]
    }
}

extension [PassedSlot] {
    /// One report for each kind of task, however many slots have passed.
    func reports(in database: String) -> [Report] {
        TaskKind.allCases.compactMap { task in
            filter { $0.slot.task == task }.sorted { $0.slot.due < $1.slot.due }.report(of: task, in: database)
        }
    }

    private func report(of task: TaskKind, in database: String) -> Report? {
        guard let first, let last else { return nil }
        let span =
            count == 1
            ? "due at \(first.slot.due.iso8601)"
            : "due from \(first.slot.due.iso8601) to \(last.slot.due.iso8601)"
        let states = PassedSlot.State.allCases.compactMap { state -> String? in
            let slots = filter { $0.state == state }
            return slots.isEmpty ? nil : "\(slots.count) \(state.rawValue) (\(slots.reasons))"
        }
        return Report(
            .slotsPassed, .warning, .record,
            "\(task.rawValue) of \(database): \(counted) \(span) passed without a run: \(states.joined(separator: ", "))",
            fields: first.slot.fields(in: database) + [
                ReportField(.slotLast, last.slot.due), ReportField(.missed, number(of: .missed)),
                ReportField(.skipped, number(of: .skipped)), ReportField(.reason, reasons),
            ])
    }

    private var counted: String { count.counted("slot") }

    private func number(of state: PassedSlot.State) -> Int { count { $0.state == state } }

    private var reasons: String { Causes.listed(map(\.reason)) }
}

/// Wording about why slots have passed, which reports and `status` share.
package enum Causes {
    /// Each cause once, the most frequent first; where there are several, with the number of slots. Of very many, the first
    /// ten.
    package static func listed(_ causes: [String]) -> String {
        let alike = Dictionary(grouping: causes) { $0 }.mapValues(\.count)
        let sorted = alike.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.map { sorted.count == 1 ? $0.key : "\($0.value): \($0.key)" }.listed(to: 10, by: "; ")
    }
}

extension [String] {
    /// The first `limit` elements, and how many more there are.
    func listed(to limit: Int, by separator: String) -> String {
        let rest = count > limit ? ["and \(count - limit) more"] : []
        return (prefix(limit) + rest).joined(separator: separator)
    }
}
