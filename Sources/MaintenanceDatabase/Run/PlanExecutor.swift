import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import Synchronization

/// Executes the steps of a plan one after the other: one DDL step at a time per database.
///
/// A step that fails never stops the next. A connection that is lost is opened again once for each step, and the step
/// is tried again: the ledger, or where there is none its recheck, tells whether it had been committed.
struct PlanExecutor {
    let session: RunSession
    let runID: String
    let database: String
    let sink: any EventSink
    private let stopReason: @Sendable () -> String?
    /// Of this run; nil where nothing is recorded.
    let entry: LedgerEntry?
    /// When each step was begun, by its number in the run, from 1.
    private(set) var began: [Int: ContinuousClock.Instant] = [:]
    /// How many steps there have been.
    private var count = 0
    /// Somebody else works in our place: no further step is begun.
    private var isFenced = false
    private let retryPolicy = RetryPolicy()
    /// For the locks of each table: over all steps of the run, and where there is a ledger of all runs within the hour
    /// before it.
    private var waits: [RelationName: LockWait] = [:]
    /// Views that should have been populated, and what came of it.
    private var unpopulated: [RelationName: String] = [:]

    /// - Parameter stopReason: not nil from when on no step is to begin.
    init(
        session: RunSession, runID: String, database: String, sink: any EventSink, entry: LedgerEntry? = nil,
        stopReason: @escaping @Sendable () -> String? = { nil }
    ) {
        self.session = session
        self.runID = runID
        self.database = database
        self.sink = sink
        self.stopReason = stopReason
        self.entry = entry
        waits = (entry?.waits ?? [:]).mapValues { LockWait(time: $0) }
    }

    var isToStop: Bool { Task.isCancelled || stopReason() != nil }

    private struct LockWait {
        var time = Duration.zero
        /// Who stood in the way the last time.
        var blockers: [Blocker] = []

        mutating func add(_ waited: Duration, for blockers: [Blocker]) {
            time += waited
            if !blockers.isEmpty { self.blockers = blockers }
        }
    }

    mutating func execute(_ steps: [PlanStep]) async -> [StepReport] {
        var reports: [StepReport] = []
        for (index, step) in steps.enumerated() {
            count += 1
            // Counted in the summary, but no event each: a thousand steps that were not begun are not a thousand lines.
            if let reason = notBegun {
                reports.append(StepReport(step: step, outcome: .interrupted(reason: reason), duration: .zero))
                continue
            }
            sink.record(.stepStarted(runID: runID, database: database, step: step, index: index + 1, of: steps.count))
            let report = if let skipped = skipped(step) { skipped } else { await execute(step) }
            keepUnpopulated(report)
            sink.record(.stepFinished(runID: runID, database: database, report))
            reports.append(report)
        }
        return reports
    }

    private var notBegun: String? {
        if isToStop { return "not begun: the run was told to stop" }
        if isFenced { return "not begun: by then another run worked in its place" }
        return session.isLost ? "not begun: the connection to the server was lost before it" : nil
    }

    private mutating func execute(_ step: PlanStep) async -> StepReport {
        let start = ContinuousClock.now
        began[count] = start
        var lockWait = Duration.zero
        var attempt = 1
        var hasReconnected = false
        session.forgetNotices()
        func report(_ outcome: StepOutcome) -> StepReport {
            StepReport(
                step: step, outcome: outcome, duration: start.duration(to: .now), lockWait: lockWait, attempt: attempt,
                notices: session.notices)
        }
        if let met = waits[step.object], !retryPolicy.allowsWait(after: met.time, step.limits) {
            return report(.postponed(tries: 0, blockers: met.blockers))
        }
        while true {
            if isToStop {
                return report(.interrupted(reason: "given up between two tries: the run was told to stop"))
            }
            let began = ContinuousClock.now
            do throws(PostgresError) {
                let connection = try await session.connection()
                if hasReconnected, let entry, try await entry.hasCommitted(count, on: connection) {
                    return report(.done)
                }
                if let holder = await session.holder(insteadOfUs: step.kind) {
                    return report(.interrupted(reason: notOurs(holder)))
                }
                let row = entry.map { entry in
                    LedgerStepEntry(
                        runID: entry.runID, number: count, step: step, began: start, lockWait: lockWait,
                        attempt: attempt)
                }
                let runner = StepRunner(
                    connection: connection, serverVersion: connection.server.version.number, entry: row)
                let outcome = try await runner.attempt(step)
                if case .interrupted = outcome { isFenced = true }
                if case .createPartition(let step) = step, outcome == .done { await compare(step) }
                return report(outcome)
            } catch {
                let failure = ServerFailure(error)
                if let reason = interruption(by: failure) { return report(.interrupted(reason: reason)) }
                if failure.failureClass == .connection, !hasReconnected, !session.isLost {
                    hasReconnected = true
                    continue
                }
                var blockers: [Blocker] = []
                if retryPolicy.isWait(failure.failureClass, of: step) {
                    let waited = began.duration(to: .now)
                    blockers = await self.blockers(of: step, failure)
                    lockWait += waited
                    waits[step.object, default: LockWait()].add(waited, for: blockers)
                }
                let reaction = retryPolicy.reaction(
                    to: failure.failureClass, of: step, attempt: attempt, waited: waits[step.object]?.time ?? .zero,
                    jitter: .random(in: 0..<1))
                switch reaction {
                case .fail: return report(.failed(explained(failure, of: step)))
                case .postpone: return report(.postponed(tries: attempt, blockers: blockers))
                case .again(let delay):
                    sink.record(
                        .stepRetried(
                            runID: runID, database: database, step: step, attempt: attempt, delay: delay, blockers))
                    attempt += 1
                    // Cancelled or not, the loop looks again.
                    _ = await pause(for: delay)
                }
            }
        }
    }

    private func interruption(by failure: ServerFailure) -> String? {
        switch failure.failureClass {
        case .cancelled: "cancelled on the server and rolled back"
        case .connection where isToStop: "the connection was lost, and the run was told to stop"
        default: nil
        }
    }

    /// What an earlier run did for the slot is not done again. A view that nobody has populated yet makes whatever reads
    /// it fail, with a hint that leads astray.
    private func skipped(_ step: PlanStep) -> StepReport? {
        if let run = entry?.doneBefore[step.key] {
            let reason = "done already for this slot by run \(run)"
            return StepReport(step: step, outcome: .superseded(reason: reason), duration: .zero)
        }
        guard case .refreshView(let refresh) = step,
            let (view, word) = refresh.dependsOn.lazy.compactMap({ view in unpopulated[view].map { (view, $0) } }).first
        else { return nil }
        let reason = "not refreshed: \(view), which it reads and which nobody has populated yet, \(word) above"
        return StepReport(step: step, outcome: .interrupted(reason: reason), duration: .zero)
    }

    private mutating func keepUnpopulated(_ report: StepReport) {
        guard case .refreshView(let refresh) = report.step, refresh.mode == .initial else { return }
        switch report.outcome {
        case .done, .superseded: unpopulated[refresh.view] = nil
        case .failed: unpopulated[refresh.view] = "failed"
        case .postponed: unpopulated[refresh.view] = "was postponed"
        case .interrupted: unpopulated[refresh.view] = "was not refreshed"
        }
    }

    /// Whether the holder is another run or our own old session, only the one who looks at it can tell.
    private func notOurs(_ holder: HeldRunLock) -> String {
        let who = holder.application.isEmpty ? holder.user : "\(holder.user), \(holder.application)"
        return "not executed: the connection was lost, and on the new one the lock of the \(holder.task) was still "
            + "held by pid \(holder.pid) (\(who), from \(holder.client))"
    }

    private func explained(_ failure: ServerFailure, of step: PlanStep) -> ServerFailure {
        StepFailure(step, serverVersion: session.serverVersion).explained(failure)
    }

    /// What could not be copied, or came from elsewhere, such as an event trigger: said, since nobody would look.
    private func compare(_ step: CreatePartition) async {
        let sibling = step.template.relation
        // Without a sibling the parent is named, and nothing was copied.
        guard sibling != step.parent else { return }
        do throws(PostgresError) {
            let reader = TemplateReader(connection: try await session.connection())
            guard let template = try await reader.read(step.partition) else { return }
            for difference in template.differences(from: step.template) {
                session.keepNotice("\(step.partition) is not like \(sibling): \(difference)")
            }
        } catch {
            session.keepNotice("\(step.partition) could not be compared with \(sibling): \(error.message)")
        }
    }

    /// Asked right after the failure: whoever held the lock for the whole deadline mostly still has it.
    private func blockers(of step: PlanStep, _ failure: ServerFailure) async -> [Blocker] {
        guard failure.failureClass == .lockNotAvailable else { return [] }
        do throws(PostgresError) {
            return try await session.connection().blockers(of: step)
        } catch {
            session.keepNotice("who holds the lock could not be asked: \(error.message)")
            return []
        }
    }
}

extension Connection {
    /// The sessions that hold conflicting locks, or wait for them ahead of us; at most ten.
    func blockers(of step: PlanStep) async throws(PostgresError) -> [Blocker] {
        var locks = step.locks.map { ($0.relation, $0.mode.rawValue) }
        // Its lock on the table is one that writers share: who stands in the way has the tenant's row.
        if case .updateStatistics(let update) = step { locks.append((update.corpus.target, "ROW")) }
        return try await blockers(of: locks)
    }
}
