import CivilTime
import Maintenance
import Reporting
import SQLText

/// The status of one database, from its catalog and its ledger, that text and JSON show.
struct DatabaseStatus {
    let database: String
    /// By the server's clock; by this host's for a standby.
    let now: Instant
    /// What a run would do; nil for a standby, on which nothing can be done.
    let plan: Plan?
    /// Why there is no ledger; nil if there is one.
    let ledgerAbsence: String?
    let tasks: [TaskStatus]
    let views: [ViewStatus]
    /// The shortest first.
    let runwayStates: [RunwayStatus]

    struct ViewStatus {
        let view: RelationName
        /// The last refresh in the ledger; nil if there is none.
        let refresh: LedgerRefresh?
    }

    init(
        definition: DatabaseDefinition, now: Instant, plan: Plan?, ledger: LedgerExtract?, ledgerAbsence: String? = nil
    ) {
        database = definition.name
        self.now = now
        self.plan = plan
        self.ledgerAbsence = ledgerAbsence
        tasks = TaskKind.allCases.filter(definition.mayHaveWork).map {
            TaskStatus($0, definition.schedule(of: $0), ledger, now: now)
        }
        views = Self.views(plan, ledger)
        let isFailing = ledger?.streaks.contains { $0.task == .partitions } ?? false
        let grace = isFailing ? .zero : Self.grace(definition.schedule(of: .partitions), now: now)
        let states =
            plan.map { plan in
                plan.runways.map { runway in
                    RunwayStatus(
                        runway, in: plan, grace: grace,
                        isTended: definition.partitions.discover
                            || definition.partitionSets.contains { $0.table == runway.table })
                }
            } ?? []
        runwayStates = states.sorted { ($0.size, $0.runway.table) < ($1.size, $1.runway.table) }
    }

    /// The stalest first: those that were never refreshed, then by age.
    private static func views(_ plan: Plan?, _ ledger: LedgerExtract?) -> [ViewStatus] {
        guard let ledger else { return [] }
        let refreshes = Dictionary(ledger.refreshes.map { ($0.view, $0) }, uniquingKeysWith: { first, _ in first })
        let planned = plan?.steps.filter { $0.kind == .refreshView }.map(\.object)
        return (planned ?? Array(refreshes.keys)).map { ViewStatus(view: $0, refresh: refreshes[$0]) }.sorted {
            ($0.refresh?.startedAt ?? .distantPast, $0.view) < ($1.refresh?.startedAt ?? .distantPast, $1.view)
        }
    }

    /// The time since the last slot should have been done: a run that is due once a day extends a set that much later, and
    /// that is no trouble. A day at most.
    private static func grace(_ schedule: TaskSchedule, now: Instant) -> Duration {
        guard let due = schedule.schedule.latest(notAfter: schedule.tolerated(at: now)) else { return .zero }
        return min(now.duration(since: due), .seconds(86_400))
    }

    /// The shortest first.
    var runways: [Runway] { runwayStates.map(\.runway) }

    var shortestRunway: Runway? { runways.first.flatMap { $0.isUnbounded ? nil : $0 } }

    // MARK: - Troubles and notes

    /// What needs attention, a sentence each; if there is none, all is well.
    var troubles: [String] { runwayStates.compactMap(\.trouble) + tasks.flatMap(troubles) }

    var status: ExitStatus { troubles.isEmpty ? .done : .failed }

    private func troubles(of task: TaskStatus) -> [String] {
        var troubles: [String] = []
        if let streak = task.streak {
            let times = streak.failures == 1 ? "at" : "\(streak.failures) times in a row since"
            let reason = streak.reason.map { ": \($0)" } ?? ""
            troubles.append(
                "\(task.task.rawValue) failed \(times) \(streak.since.dateAndTime) "
                    + "(\(streak.since.relative(to: now)))\(reason.visible)")
        }
        if let due = task.overdue {
            troubles.append(
                "\(task.task.rawValue) due at \(due.dateAndTime) (\(due.relative(to: now))) have not begun: "
                    + "is the service running?")
        }
        return troubles
    }

    /// Whether a run has nothing to leave alone: what is refused may not be well, whatever is known of it.
    var isWhole: Bool { plan.map { $0.refusals.isEmpty && $0.missingSchemas.isEmpty } ?? true }

    /// What is worth knowing, but needs no attention now.
    var notes: [String] {
        var notes: [String] = []
        if plan == nil { notes.append("the server is a standby: nothing is done there before it is promoted") }
        if let ledgerAbsence { notes.append("no ledger: \(ledgerAbsence.visible)") }
        notes += tasks.compactMap(abandonedRun) + tasks.compactMap(note)
        if let plan {
            if !plan.refusals.isEmpty {
                notes.append("\(plan.refusals.count.counted("object")) not tended: `pgtend plan` says why")
            }
            notes += plan.missingSchemas.map { "schema \($0.visible) does not exist; \(MissingSchemas.cure)" }
        }
        return notes
    }

    private func abandonedRun(of task: TaskStatus) -> String? {
        guard let owner = task.abandoned?.owner.run else { return nil }
        return "\(task.task.rawValue): the run of pid \(owner.pid) on \(owner.host.visible), begun "
            + "\(owner.startedAt.relative(to: now)), has died; the next one takes its slot over"
    }

    private func note(of task: TaskStatus) -> String? {
        guard let last = task.passed.last else { return nil }
        let counts = [LedgerSlot.State.missed, .skipped].compactMap { state -> String? in
            let slots = task.passed.filter { $0.state == state }
            guard !slots.isEmpty else { return nil }
            let causes = Causes.listed(slots.compactMap(\.reason))
            return "\(slots.count) \(state.rawValue)" + (causes.isEmpty ? "" : " (\(causes.visible))")
        }
        return "\(task.task.rawValue) of the last day: \(counts.joined(separator: ", ")), the last one due at "
            + last.slot.due.dateAndTime
    }
}

extension Instant {
    fileprivate static let distantPast = Instant(microseconds: .min)
}
