import Maintenance
import PostgresClient
import Synchronization

/// Executes the steps of a plan one after the other: one DDL step at a time per database.
///
/// A step that fails never stops the next. A connection that is lost is opened again once for each step, and the step
/// is tried again: its recheck tells whether it had been committed.
struct PlanExecutor {
    let session: RunSession
    let runID: String
    let database: String
    let sink: any EventSink
    var retryPolicy = RetryPolicy()

    func execute(_ steps: [PlanStep]) async -> [StepReport] {
        var reports: [StepReport] = []
        for (index, step) in steps.enumerated() {
            // Counted in the summary, but no event each: a thousand steps that were not begun are not a thousand lines.
            if let reason = notBegun {
                reports.append(StepReport(step: step, outcome: .interrupted(reason: reason), duration: .zero))
                continue
            }
            sink.record(.stepStarted(runID: runID, database: database, step: step, index: index + 1, of: steps.count))
            let report = await execute(step)
            sink.record(.stepFinished(runID: runID, database: database, report))
            reports.append(report)
        }
        return reports
    }

    private var notBegun: String? {
        if Task.isCancelled { return "not begun: the run was told to stop" }
        return session.isLost ? "not begun: the connection to the server was lost before it" : nil
    }

    private func execute(_ step: PlanStep) async -> StepReport {
        let start = ContinuousClock.now
        var lockWait = Duration.zero
        var attempt = 1
        var hasReconnected = false
        session.forgetNotices()
        func report(_ outcome: StepOutcome) -> StepReport {
            StepReport(
                step: step, outcome: outcome, duration: start.duration(to: .now), lockWait: lockWait, attempt: attempt,
                notices: session.notices)
        }
        while true {
            if Task.isCancelled {
                return report(.interrupted(reason: "given up between two tries: the run was told to stop"))
            }
            let began = ContinuousClock.now
            do throws(PostgresError) {
                let connection = try await session.connection()
                if let holder = await session.holder(insteadOfUs: step.kind) {
                    return report(.interrupted(reason: notOurs(holder)))
                }
                let runner = StepRunner(connection: connection, serverVersion: connection.server.version.number)
                let outcome = try await runner.attempt(step)
                if case .createPartition(let step) = step, outcome == .done { await compare(step) }
                return report(outcome)
            } catch {
                let failure = ServerFailure(error)
                switch failure.failureClass {
                case .cancelled:
                    return report(.interrupted(reason: "cancelled on the server and rolled back"))
                case .connection where Task.isCancelled:
                    return report(.interrupted(reason: "the connection was lost, and the run was told to stop"))
                case .connection where !hasReconnected && !session.isLost:
                    hasReconnected = true
                    continue
                case .lockNotAvailable, .transactionRollback: lockWait += began.duration(to: .now)
                case .timeout where step.isQuickByNature: lockWait += began.duration(to: .now)
                default: return report(.failed(explained(failure, of: step)))
                }
                let blockers = await blockers(of: step, failure)
                let delay = retryPolicy.delay(
                    after: failure.failureClass == .timeout ? .lockNotAvailable : failure.failureClass,
                    attempt: attempt, waited: lockWait, limits: step.limits,
                    jitter: .random(in: 0..<1))
                guard let delay else {
                    return report(
                        failure.failureClass == .timeout
                            ? .failed(explained(failure, of: step)) : .postponed(tries: attempt, blockers: blockers))
                }
                sink.record(
                    .stepRetried(
                        runID: runID, database: database, step: step, attempt: attempt, delay: delay, blockers))
                attempt += 1
                do { try await Task.sleep(for: delay) } catch { continue }
            }
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
        let template = step.likeness.template
        // Without a sibling the parent is named, and nothing was copied.
        guard template != step.parent else { return }
        do throws(PostgresError) {
            let reader = LikenessReader(connection: try await session.connection())
            guard let likeness = try await reader.read(step.partition) else { return }
            for difference in likeness.differences(from: step.likeness) {
                session.keepNotice("\(step.partition) is not like \(template): \(difference)")
            }
        } catch {
            session.keepNotice("\(step.partition) could not be compared with \(template): \(error.message)")
        }
    }

    /// Asked right after the failure: whoever held the lock for the whole deadline mostly still has it.
    private func blockers(of step: PlanStep, _ failure: ServerFailure) async -> [Blocker] {
        guard failure.failureClass == .lockNotAvailable else { return [] }
        do throws(PostgresError) {
            return try await session.connection().blockers(of: step.locks)
        } catch {
            session.keepNotice("who holds the lock could not be asked: \(error.message)")
            return []
        }
    }
}

extension PlanStep {
    /// An empty table is attached in milliseconds. Where that took longer than the deadline the server was busy, and the
    /// next try may find it otherwise; only the scan of a DEFAULT partition would take as long again.
    fileprivate var isQuickByNature: Bool {
        if case .createPartition(let step) = self { step.defaultPartition == nil } else { false }
    }
}

extension Connection {
    /// The sessions that hold conflicting locks, or wait for them ahead of us; at most ten.
    func blockers(of locks: [LockRequirement]) async throws(PostgresError) -> [Blocker] {
        let relations = locks.map(\.relation)
        var blockers: [Blocker] = []
        for row in try await rows(
            CatalogQuery.lockBlockers(relations.map(\.schema), relations.map(\.name), locks.map(\.mode.rawValue)))
        {
            blockers.append(
                Blocker(
                    pid: try row.decode("pid"), application: try row.decode("application"),
                    user: try row.decode("role"), state: try row.decode("state"), relation: try RelationName(row),
                    lockMode: try row.decode("lock_mode"), transactionAge: try row.decode("transaction_age")))
        }
        return blockers
    }
}
