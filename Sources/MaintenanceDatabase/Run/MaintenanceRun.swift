import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// One run in one database: connects, takes the advisory locks, reads the catalog, plans, executes, and reports.
/// `plan()` takes no advisory locks, and executes nothing.
package struct MaintenanceRun: Sendable {
    let context: RunContext

    /// - Parameters:
    ///   - tasks: the kinds of task that are requested; for a slot, the kind of the slot.
    ///   - runID: 32 lower-case hexadecimal digits.
    ///   - applicationName: the `application_name` of the session.
    ///   - programVersion: the version of pgtend, for the ledger.
    ///   - order: the slot that the run is to complete; nil for a manual run.
    ///   - installsLedger: whether to install the ledger in a database that has none.
    ///   - sink: where events go, while they happen.
    package init(
        definition: DatabaseDefinition, tasks: [TaskKind], runID: String, applicationName: String,
        programVersion: String, order: SlotOrder? = nil, installsLedger: Bool = false, sink: any EventSink
    ) {
        self.init(
            RunContext(
                definition: definition, tasks: TaskKind.allCases.filter(tasks.contains), runID: runID,
                applicationName: applicationName, programVersion: programVersion, order: order,
                installsLedger: installsLedger, sink: sink, repertoire: Repertoire(definition)))
    }

    init(_ context: RunContext) {
        self.context = context
    }

    private var sink: any EventSink { context.sink }

    /// What `execute` would do now, and the version of the server (`server_version_num`), on which the SQL depends.
    ///
    /// Changes nothing. Locks: ACCESS SHARE (`SnapshotReader.read`).
    ///
    /// - Parameter counting: for which new partitions rows are looked for in DEFAULT partitions.
    /// - Throws: if the server cannot be reached, is a standby, or its catalog cannot be read.
    package func plan(
        counting: DefaultCounting = .bridges
    ) async throws(ServerFailure) -> (plan: Plan, serverVersion: Int) {
        let (connection, session) = try await connect(reusing: nil)
        do throws(ServerFailure) {
            try await connection.requirePrimary()
            let (plan, snapshot) = try await plan(context.tasks, on: session, counting: counting)
            await session.close()
            return (plan, snapshot.server.versionNumber)
        } catch {
            await session.close()
            throw error
        }
    }

    /// Carries out the run.
    ///
    /// Never throws: failures are in the summary. If the Swift task is cancelled, the step that is running is cancelled
    /// on the server, and the run ends.
    ///
    /// - Parameter stopReason: returns why the run is to stop, for example the name of a signal, or nil as long as it
    ///   is not. Once it returns a reason, no further step starts; a step that is running goes on unless the task is
    ///   cancelled too.
    package func execute(stopReason: @escaping @Sendable () -> String? = { nil }) async -> RunSummary {
        var kept: KeptConnection?
        let summary = await execute(passing: &kept, stopReason: stopReason)
        await kept?.close()
        return summary
    }

    /// Carries out the run, on the connection that a run in the same database has left, if there is one.
    ///
    /// - Parameter connection: what was left, and then what this run leaves: nil where it was lost, or has failed.
    package func execute(
        passing connection: inout KeptConnection?, stopReason: @escaping @Sendable () -> String?
    ) async -> RunSummary {
        let start = ContinuousClock.now
        var summary = RunSummary(
            runID: context.runID, database: context.database, tasks: context.tasks, startedAt: HostClock.now())
        sink.record(.runStarted(runID: context.runID, database: context.database, tasks: context.tasks))
        do throws(ServerFailure) {
            try await connectAndWork(&summary, passing: &connection, stopReason)
        } catch {
            conclude(&summary, error, stopReason)
        }
        conclude(&summary, nil, stopReason)
        if summary.slot == nil { summary.slot = context.order.map { SlotReport(slot: $0.slot, attempt: $0.attempt) } }
        summary.duration = start.duration(to: .now)
        sink.record(.runFinished(summary))
        return summary
    }

    /// Adds a failure, and whether the run was interrupted, to the summary. A failure of the class `cancelled` is not
    /// added: before the first step, it means that the task was cancelled.
    private func conclude(_ summary: inout RunSummary, _ failure: ServerFailure?, _ stopReason: () -> String?) {
        if let failure, failure.failureClass != .cancelled { summary.failure = failure }
        let isCutShort = Task.isCancelled || summary.count(.interrupted) > 0 && stopReason() != nil
        if isCutShort, summary.interruption == nil { summary.interruption = stopReason() ?? "its caller" }
    }

    private func connectAndWork(
        _ summary: inout RunSummary, passing kept: inout KeptConnection?,
        _ stopReason: @escaping @Sendable () -> String?
    ) async throws(ServerFailure) {
        let (connection, session) = try await connect(reusing: kept.take())
        do throws(ServerFailure) {
            try await claimAndWork(&summary, on: connection, session, stopReason)
            guard let left = await session.leave() else { return }
            if summary.failure != nil { return await left.close() }
            kept = KeptConnection(left, of: context.definition, notices: session.noticeLog)
        } catch {
            await session.close()
            throw error
        }
    }

    private func claimAndWork(
        _ summary: inout RunSummary, on connection: Connection, _ session: RunSession,
        _ stopReason: @escaping @Sendable () -> String?
    ) async throws(ServerFailure) {
        try await connection.requirePrimary()
        var record = LedgerRecorder(context)
        var isCompletedElsewhere = try await record.isCompletedElsewhere(connection)
        if !isCompletedElsewhere {
            do throws(PostgresError) {
                summary.heldLocks = try await session.take(context.tasks)
            } catch {
                throw ServerFailure(error)
            }
            for held in summary.heldLocks {
                sink.record(.runLockHeld(runID: context.runID, database: context.database, held))
            }
            isCompletedElsewhere = try await record.begin(session.tasks, on: connection)
            if record.recordedRun != nil {
                let ledger = context.definition.ledger
                await session.prove { (connection) async throws(PostgresError) in try await ledger.prove(on: connection)
                }
            }
        }
        // If another run holds the lock of the slot's task, there is nothing to plan.
        if isCompletedElsewhere || context.order != nil && !summary.heldLocks.isEmpty {
            summary.slot = record.slot
            return
        }
        var executor = PlanExecutor(
            session: session, context: context, recordedRun: record.recordedRun, stopReason: stopReason)
        do throws(ServerFailure) {
            try await planAndExecute(&summary, &executor, session)
        } catch {
            conclude(&summary, error, stopReason)
        }
        conclude(&summary, nil, stopReason)
        await record.end(&summary, session, startTimes: executor.startTimes)
    }

    private func planAndExecute(
        _ summary: inout RunSummary, _ executor: inout PlanExecutor, _ session: RunSession
    ) async throws(ServerFailure) {
        var (plan, snapshot) = try await plan(session.tasks, on: session)
        summary.refusals = plan.refusals
        summary.findings = plan.findings
        summary.objectsInView = plan.objectsInView
        summary.missingSchemas = plan.missingSchemas
        for refusal in plan.refusals {
            sink.record(.refused(runID: context.runID, database: context.database, refusal))
        }
        sink.record(.planned(runID: context.runID, database: context.database, steps: plan.steps.count))
        try await executor.note(plan.notes)

        let sliceEnd = ContinuousClock.now + context.definition.slice
        var reports = await executor.execute(plan.steps)
        summary.reports = reports
        var changed = Self.superseded(reports, executor.progress)
        while true {
            if .now < sliceEnd { changed.merge(Self.unfinished(reports)) { first, _ in first } }
            guard let anew = await replanAndExecute(changed, &summary, &executor, session) else { break }
            (plan, snapshot, reports) = anew
            changed = [:]
        }
        for held in await session.lostLocks {
            summary.heldLocks.append(held)
            sink.record(.runLockHeld(runID: context.runID, database: context.database, held))
        }
        summary.runways = runways(plan, snapshot, summary.reports)
        if let failure = session.reconnectFailure { throw ServerFailure(failure) }
    }

    /// Objects that had changed after the plan was made, each with its step. Once more is often enough: what changes all
    /// the time is left to the next run.
    private static func superseded(_ reports: [StepReport], _ progress: PlanProgress) -> [Subject: PlanStep] {
        subjects(
            of: reports.filter { report in
                // Steps that an earlier run has done for the slot are superseded without any change.
                guard case .superseded = report.outcome else { return false }
                return progress.doneBefore[report.step.key] == nil
            })
    }

    /// Objects with long work, of which the next step is to be planned.
    private static func unfinished(_ reports: [StepReport]) -> [Subject: PlanStep] {
        subjects(of: reports.filter { $0.outcome == .done && $0.result.hasMore })
    }

    private static func subjects(of reports: [StepReport]) -> [Subject: PlanStep] {
        Dictionary(
            reports.map { (Subject(task: $0.step.task, object: $0.step.object), $0.step) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Plans objects once more, since they have changed after the plan was made, and executes the new steps.
    ///
    /// - Parameter changed: the objects, each with the step after which it is to be planned.
    /// - Returns: the new plan, its snapshot, and how its steps for these objects went; nil if there was none.
    private func replanAndExecute(
        _ changed: [Subject: PlanStep], _ summary: inout RunSummary, _ executor: inout PlanExecutor,
        _ session: RunSession
    ) async -> (Plan, CatalogSnapshot, [StepReport])? {
        func isChanged(_ task: TaskKind, _ object: RelationName) -> Bool {
            changed[Subject(task: task, object: object)] != nil
        }
        guard !changed.isEmpty, !session.isLost, !executor.isStopRequested else { return nil }
        let (plan, snapshot): (Plan, CatalogSnapshot)
        do throws(ServerFailure) {
            (plan, snapshot) = try await self.plan(session.tasks, on: session)
        } catch {
            // In these cases the whole run ends, and reports why.
            guard !session.isLost, error.failureClass != .cancelled else { return nil }
            var failure = error
            failure.message = "it had changed since the plan was made, and could not be planned anew: \(error.message)"
            for step in changed.values.sorted(by: { $0.object < $1.object }) {
                let report = StepReport(step: step, outcome: .failed(failure), duration: .zero)
                sink.record(.stepFinished(runID: context.runID, database: context.database, report))
                summary.reports.append(report)
            }
            return nil
        }
        let reported = summary.refusals
        let refusals = plan.refusals.filter { isChanged($0.task, $0.object) }
        summary.refusals = reported.filter { !isChanged($0.task, $0.object) } + refusals
        summary.findings =
            summary.findings.filter { !isChanged($0.task, $0.object) }
            + plan.findings.filter { isChanged($0.task, $0.object) }
        for refusal in refusals where !reported.contains(refusal) {
            sink.record(.refused(runID: context.runID, database: context.database, refusal))
        }
        let reports = await executor.execute(plan.steps.filter { isChanged($0.task, $0.object) })
        summary.reports += reports
        return (plan, snapshot, reports)
    }

    private struct Subject: Hashable {
        let task: TaskKind
        let object: RelationName
    }

    private func plan(
        _ tasks: [TaskKind], on session: RunSession, counting: DefaultCounting = .bridges
    ) async throws(ServerFailure) -> (Plan, CatalogSnapshot) {
        let reader = SnapshotReader(
            definition: context.definition, tasks: tasks, session: session,
            remembering: context.repertoire.remembering(tasks), counting: counting)
        let snapshot = try await reader.read()
        // A lost connection may have been reopened to another host.
        guard !snapshot.server.isStandby else { throw .standby }
        if let trigger = snapshot.server.foreignEventTrigger { throw .foreign(eventTrigger: trigger) }
        // For a service, which says it once; whoever starts a run himself knows as whom.
        if context.order != nil, let excess = snapshot.server.excess {
            sink.record(.service(.roleExceeds(database: context.database, role: snapshot.server.role, excess)))
        }
        return (context.repertoire.plan(tasks, snapshot), snapshot)
    }

    /// The runway of each table, including the partitions that were created.
    private func runways(_ plan: Plan, _ snapshot: CatalogSnapshot, _ reports: [StepReport]) -> [Runway] {
        let done = reports.filter { $0.outcome == .done && $0.step.createPartition != nil }.map(\.step)
        if done.isEmpty { return plan.runways }
        return PartitionPlanner(definition: context.definition, snapshot: snapshot).runways(after: done)
    }
}
