import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Executes the steps of a plan one after the other.
///
/// The failure of a step does not stop the next one. A lost connection is reopened once per step, and the step is tried
/// again: the ledger, or without a ledger the recheck, tells whether it had been committed.
struct PlanExecutor {
    let session: RunSession
    let context: RunContext
    private let stopReason: @Sendable () -> String?
    /// nil if the run is not recorded in the ledger.
    private let recordedRun: RecordedRun?
    /// When each step was started, by its number in the run, counted from 1.
    private(set) var startTimes: [Int: ContinuousClock.Instant] = [:]
    private(set) var progress: PlanProgress
    /// How many steps there have been, over all calls of `execute`; the number of the current step.
    private var stepNumber = 0
    /// Whether another run has taken this one over: no further step is started then.
    private var isFenced = false
    /// The waits of all steps of this run and, with a ledger, of the runs within the hour before it.
    private var waits: LockWaits

    /// - Parameter stopReason: once it returns a reason, no further step is started.
    init(
        session: RunSession, context: RunContext, recordedRun: RecordedRun? = nil,
        stopReason: @escaping @Sendable () -> String? = { nil }
    ) {
        self.session = session
        self.context = context
        self.stopReason = stopReason
        self.recordedRun = recordedRun
        progress = PlanProgress(doneBefore: recordedRun?.doneBefore ?? [:])
        waits = LockWaits(recordedRun?.waits ?? [:])
    }

    var isStopRequested: Bool { Task.isCancelled || stopReason() != nil }

    /// Has the ledger remember what the planners ask for; without one, nothing is remembered.
    func note(_ notes: [Remembered.Note]) async throws(ServerFailure) {
        guard let recordedRun, !notes.isEmpty else { return }
        do throws(PostgresError) {
            try await recordedRun.note(notes, on: session.connection())
        } catch {
            throw ServerFailure(error)
        }
    }

    mutating func execute(_ steps: [PlanStep]) async -> [StepReport] {
        let (runID, database) = (context.runID, context.database)
        var reports: [StepReport] = []
        for (index, step) in steps.enumerated() {
            stepNumber += 1
            // No events for these: a thousand steps that are not started are not worth a thousand log lines. The
            // summary counts them.
            if let reason = reasonNotToBegin {
                reports.append(StepReport(step: step, outcome: .interrupted(reason: reason), duration: .zero))
                continue
            }
            context.sink.record(
                .stepStarted(runID: runID, database: database, step: step, index: index + 1, of: steps.count))
            let report =
                if let outcome = progress.outcomeWithoutTry(of: step) {
                    StepReport(step: step, outcome: outcome, duration: .zero)
                } else {
                    await execute(step)
                }
            progress.add(report)
            context.sink.record(.stepFinished(runID: runID, database: database, report))
            reports.append(report)
        }
        return reports
    }

    private var reasonNotToBegin: String? {
        if isStopRequested { return "not begun: the run was told to stop" }
        if isFenced { return "not begun: by then another run worked in its place" }
        return session.isLost ? "not begun: the connection to the server was lost before it" : nil
    }

    private mutating func execute(_ step: PlanStep) async -> StepReport {
        let start = ContinuousClock.now
        startTimes[stepNumber] = start
        session.clearNotices()
        var tries = StepTries(step)
        var waits = waits
        let ending = await tries.run(
            &waits, isStopRequested: { isStopRequested },
            attempt: { (tries) async throws(PostgresError) in try await attempt(step, tries, since: start) },
            examine: { error, duration in await examine(error, of: step, after: duration) },
            willPause: { attempt, delay, failure in
                context.sink.record(
                    .stepRetried(
                        runID: context.runID, database: context.database, step: step, attempt: attempt, delay: delay,
                        failure.blockers))
            })
        self.waits = waits
        let end: StepRunner.End
        switch ending {
        case .ended(let attempt):
            end = attempt.end
            isFenced = isFenced || attempt.isFenced
        case .gaveUp(.failed(let failure), _):
            end = StepRunner.End(outcome: .failed(await withCure(failure, from: work(of: step))))
        case .gaveUp(let outcome, _): end = StepRunner.End(outcome: outcome)
        }
        return StepReport(
            step: step, outcome: end.outcome, result: end.result, duration: start.duration(to: .now),
            lockWait: tries.lockWait, attempt: tries.attempt, notices: session.notices)
    }

    /// - Returns: how the try ended, and whether the ledger has another run in the place of this one.
    private func attempt(
        _ planned: PlanStep, _ tries: StepTries, since start: ContinuousClock.Instant
    ) async throws(PostgresError) -> (end: StepRunner.End, isFenced: Bool) {
        var step = planned
        step.limits = tries.limits
        let work = work(of: step)
        let connection = try await session.connection(runningCodeOf: step.codeOwner)
        if tries.hasLostConnection, let recordedRun, try await recordedRun.hasCommitted(stepNumber, on: connection) {
            // What it had come to was lost with the connection: whether more is to do the next plan says.
            return (StepRunner.End(outcome: .done, result: StepResult(hasMore: true)), false)
        }
        if let holder = await session.otherHolder(of: step.task) {
            return (StepRunner.End(outcome: .interrupted(reason: lostLockReason(holder))), false)
        }
        let row = recordedRun.map { run in
            StepRow(
                runID: run.runID, number: stepNumber, step: step, start: start, lockWait: tries.lockWait,
                attempt: tries.attempt, precedesRow: work.execution.precedesRecord)
        }
        let end = try await step.attempt(
            work, on: connection, besides: session.connection(), recordedIn: row, number: tries.attempt)
        if case .alone = work.execution { await session.leaveWorkplace() }
        if end.outcome == .done { await addRemarks(of: work) }
        if case .interrupted = end.outcome { return (end, true) }
        return (end, false)
    }

    private func examine(
        _ error: PostgresError, of step: PlanStep, after duration: Duration
    ) async -> StepTries.Failure {
        let work = work(of: step)
        if case .alone = work.execution { await session.leaveWorkplace() } else { await session.endLostWork() }
        let failure = ServerFailure(error)
        return StepTries.Failure(
            failure, duration: duration, blockers: await blockers(of: step, work, failure),
            isStopRequested: isStopRequested, isServerUnreachable: session.isLost)
    }

    private func work(of step: PlanStep) -> any StepWork {
        context.repertoire.work(step, session.serverVersion)
    }

    /// The text does not claim who the holder is: another run, or the old session of this run that has not ended yet.
    private func lostLockReason(_ holder: HeldRunLock) -> String {
        let who = SessionOwner(user: holder.user, application: holder.application)
        return "not executed: the connection was lost, and on the new one the lock of the \(holder.task) was still "
            + "held by pid \(holder.pid) (\(who), from \(holder.client))"
    }

    private func withCure(_ failure: ServerFailure, from work: any StepWork) async -> ServerFailure {
        var explained = failure
        if explained.cure == nil, failure.failureClass == .privilege { explained.cure = await missingPrivileges(work) }
        if explained.cure == nil { explained.cure = work.cure(for: failure) }
        return explained
    }

    /// The statements that give what the roles of the step lack, as `config check` has them; nil where it finds nothing.
    private func missingPrivileges(_ work: any StepWork) async -> Cure? {
        do throws(PostgresError) {
            let connection = try await session.connection()
            guard let objects = try await work.workInView(on: connection) else { return nil }
            let found = try await ObjectPrivileges(
                connection: connection, session: PrivilegeSession.read(on: connection), work: objects
            ).findings()
            let cures = found.flatMap(\.cures)
            guard !cures.isEmpty else { return nil }
            let isSQL = cures.allSatisfy { if case .sql = $0 { true } else { false } }
            let text = cures.map(\.description).joined(separator: " ")
            return work.cure(forMissing: isSQL ? .statement(text) : .advice(text))
        } catch {
            session.addNotice("which privileges are missing could not be asked: \(error.message)")
            return nil
        }
    }

    private func addRemarks(of work: any StepWork) async {
        do throws(PostgresError) {
            for remark in try await work.remarks(on: session.connection()) { session.addNotice(remark) }
        } catch {
            session.addNotice(error.message)
        }
    }

    /// Queried right after the failure: a session that held the lock for the whole deadline usually still holds it.
    private func blockers(of step: PlanStep, _ work: any StepWork, _ failure: ServerFailure) async -> [Blocker] {
        guard failure.failureClass == .lockNotAvailable else { return [] }
        do throws(PostgresError) {
            let locks = step.locks.map { ($0.relation, $0.mode.rawValue) } + work.rowLocks.map { ($0, "ROW") }
            let connection = try await session.connection()
            let blockers = try await connection.blockers(of: locks)
            guard blockers.isEmpty, step.changesDefinitions else { return blockers }
            return try await Blocker.ofDefinitions(for: step, on: connection).map { [$0] } ?? []
        } catch {
            session.addNotice("who holds the lock could not be asked: \(error.message)")
            return []
        }
    }
}
