import CivilTime
import Maintenance
import Reporting
import SQLText

/// How it stands with one database: what its catalog and its ledger tell together, as both renderers take it.
struct DatabaseStatus {
    let database: String
    /// By the server's clock.
    let now: Instant
    /// What a run would do; nil on a standby, where nothing can be done.
    let plan: Plan?
    /// Why there is none; nil where there is one.
    let ledgerAbsence: String?
    let tasks: [TaskStatus]
    let views: [ViewStatus]

    struct ViewStatus {
        let view: RelationName
        /// nil where the ledger knows of none.
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
    }

    /// The stalest first: those that were never refreshed, then by age.
    private static func views(_ plan: Plan?, _ ledger: LedgerExtract?) -> [ViewStatus] {
        guard let ledger else { return [] }
        let refreshes = Dictionary(ledger.refreshes.map { ($0.view, $0) }, uniquingKeysWith: { first, _ in first })
        let tended = plan?.steps.filter { $0.kind == .refreshView }.map(\.object)
        return (tended ?? Array(refreshes.keys)).map { ViewStatus(view: $0, refresh: refreshes[$0]) }.sorted {
            ($0.refresh?.startedAt ?? .distantPast, $0.view) < ($1.refresh?.startedAt ?? .distantPast, $1.view)
        }
    }

    /// The shortest first.
    var runways: [Runway] {
        (plan?.runways ?? []).sorted { ($0.size, $0.table) < ($1.size, $1.table) }
    }

    var shortestRunway: Runway? { runways.first.flatMap { $0.isUnbounded ? nil : $0 } }

    // MARK: - What needs somebody

    /// What somebody has to look at; where there is none, all is well.
    var troubles: [String] { runwayTroubles + tasks.flatMap(troubles) }

    var status: ExitStatus { troubles.isEmpty ? .done : .failed }

    private var runwayTroubles: [String] {
        runways.filter(\.isExhausted).map { runway in
            let rest = runway.defaultPartition.map { "rows for now go to the DEFAULT partition \($0)" }
            return "\(runway.table) has no partition for the present: \(rest ?? "writes into it fail now")".visible
        }
    }

    private func troubles(of task: TaskStatus) -> [String] {
        var troubles: [String] = []
        if let streak = task.streak {
            let times = streak.failures == 1 ? "at" : "\(streak.failures) times in a row since"
            let reason = streak.reason.map { ": \($0)" } ?? ""
            troubles.append(
                "\(task.task.rawValue) failed \(times) \(streak.since.toTheSecond) "
                    + "(\(streak.since.relative(to: now)))\(reason.visible)")
        }
        if let due = task.overdue {
            troubles.append(
                "\(task.task.rawValue) due at \(due.toTheSecond) (\(due.relative(to: now))) have not begun: "
                    + "is the service running?")
        }
        return troubles
    }

    /// What is worth knowing and needs nobody now.
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
        guard let owner = task.dead?.owner.run else { return nil }
        return "\(task.task.rawValue): the run of pid \(owner.pid) on \(owner.host.visible), begun "
            + "\(owner.startedAt.relative(to: now)), has died; the next one takes its slot over"
    }

    private func note(of task: TaskStatus) -> String? {
        guard let last = task.passed.last else { return nil }
        let counts = [LedgerSlot.State.missed, .skipped].compactMap { state -> String? in
            let count = task.passed.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }
        let reason = last.reason.map { ": \($0.visible)" } ?? ""
        return "\(task.task.rawValue) of the last day: \(counts.joined(separator: ", ")), the last one due at "
            + "\(last.slot.due.toTheSecond)\(reason)"
    }
}

extension Instant {
    fileprivate static let distantPast = Instant(microseconds: .min)
}

extension Runway {
    /// What they are sorted by; without an end it is the largest.
    fileprivate var size: Duration {
        isUnbounded ? .microseconds(Int64.max) : isExhausted ? .zero : remaining ?? .zero
    }
}
