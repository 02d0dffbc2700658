import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// One run on one database: connect, take the locks, read, plan, execute, report. `plan` stops before the locks.
package struct MaintenanceRun: Sendable {
    private let definition: DatabaseDefinition
    private let tasks: [TaskKind]
    private let sink: any EventSink
    private let runID: String
    private let applicationName: String
    private let programVersion: String
    private let order: SlotOrder?
    private let installsLedger: Bool

    /// - Parameters:
    ///   - tasks: the kinds of work that are asked for; for a slot its own.
    ///   - runID: 32 lower-case hexadecimal digits.
    ///   - applicationName: what `pg_stat_activity` shows.
    ///   - programVersion: what the ledger says about the run.
    ///   - order: the slot that the run is to complete; nil for a run by hand.
    ///   - installsLedger: whether the ledger is made where the database has none.
    package init(
        definition: DatabaseDefinition, tasks: [TaskKind], runID: String, applicationName: String,
        programVersion: String, order: SlotOrder? = nil, installsLedger: Bool = false, sink: any EventSink
    ) {
        self.definition = definition
        self.tasks = TaskKind.allCases.filter(tasks.contains)
        self.runID = runID
        self.applicationName = applicationName
        self.programVersion = programVersion
        self.order = order
        self.installsLedger = installsLedger
        self.sink = sink
    }

    /// What `execute` would do now, and the version of the server (`server_version_num`) that its SQL is for.
    /// Changes nothing.
    package func plan() async throws(ServerFailure) -> (plan: Plan, serverVersion: Int) {
        let connection: Connection
        do throws(PostgresError) {
            connection = try await Self.open(definition, applicationName, NoticeLog())
        } catch {
            throw ServerFailure(error)
        }
        do throws(ServerFailure) {
            try await connection.requirePrimary()
            let snapshot = try await snapshot(on: connection, tasks)
            await connection.close()
            return (Planner(definition: definition, tasks: tasks).plan(snapshot), snapshot.server.versionNumber)
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Never throws: what goes wrong is in the summary. The task's cancellation ends the run after the step that is
    /// running has been cancelled on the server.
    ///
    /// - Parameter stopReason: why the run is to stop, such as the name of a signal; nil while it is not. From then on
    ///   no step begins; the one that is running goes on unless the task is cancelled too.
    package func execute(stopReason: @escaping @Sendable () -> String? = { nil }) async -> RunSummary {
        let start = ContinuousClock.now
        var summary = RunSummary(runID: runID, database: definition.name, tasks: tasks, startedAt: HostClock.now())
        sink.record(.runStarted(runID: runID, database: definition.name, tasks: tasks))
        do throws(ServerFailure) {
            try await work(&summary, stopReason)
        } catch {
            conclude(&summary, error, stopReason)
        }
        conclude(&summary, nil, stopReason)
        if summary.slot == nil { summary.slot = order.map { SlotReport(slot: $0.slot, attempt: $0.attempt) } }
        summary.duration = start.duration(to: .now)
        sink.record(.runFinished(summary))
        return summary
    }

    /// Nobody else can cancel what we run before the first step: then the task was.
    private func conclude(_ summary: inout RunSummary, _ failure: ServerFailure?, _ stopReason: () -> String?) {
        if let failure, failure.failureClass != .cancelled { summary.failure = failure }
        let isCutShort = Task.isCancelled || summary.count(.interrupted) > 0 && stopReason() != nil
        if isCutShort, summary.interruption == nil { summary.interruption = stopReason() ?? "its caller" }
    }

    private func work(
        _ summary: inout RunSummary, _ stopReason: @escaping @Sendable () -> String?
    ) async throws(ServerFailure) {
        let notices = NoticeLog()
        let (definition, applicationName) = (definition, applicationName)
        let reopen = { @Sendable () async throws(PostgresError) in
            try await Self.open(definition, applicationName, notices)
        }
        let connection: Connection
        let session: RunSession
        do throws(PostgresError) {
            connection = try await reopen()
            session = RunSession(first: connection, notices: notices, reopen: reopen)
        } catch {
            throw ServerFailure(error)
        }
        do throws(ServerFailure) {
            try await work(&summary, on: connection, session, stopReason)
            await session.close()
        } catch {
            await session.close()
            throw error
        }
    }

    private func work(
        _ summary: inout RunSummary, on connection: Connection, _ session: RunSession,
        _ stopReason: @escaping @Sendable () -> String?
    ) async throws(ServerFailure) {
        try await connection.requirePrimary()
        var record = RunRecord(
            definition: definition,
            identity: RunIdentity(
                runID: runID, database: definition.name, application: applicationName, programVersion: programVersion),
            order: order, installs: installsLedger, sink: sink)
        var isElsewhere = try await record.isCompletedElsewhere(connection)
        if !isElsewhere {
            do throws(PostgresError) {
                summary.heldLocks = try await session.take(tasks)
            } catch {
                throw ServerFailure(error)
            }
            for held in summary.heldLocks {
                sink.record(.runLockHeld(runID: runID, database: definition.name, held))
            }
            isElsewhere = try await record.begin(session.tasks, on: connection)
        }
        // Of a slot whose task another run holds there is nothing to plan.
        if isElsewhere || order != nil && !summary.heldLocks.isEmpty {
            summary.slot = record.slot
            return
        }
        var executor = PlanExecutor(
            session: session, runID: runID, database: definition.name, sink: sink, entry: record.entry,
            stopReason: stopReason)
        do throws(ServerFailure) {
            try await work(&summary, &executor, session)
        } catch {
            conclude(&summary, error, stopReason)
        }
        conclude(&summary, nil, stopReason)
        await record.end(&summary, session, began: executor.began)
    }

    private func work(
        _ summary: inout RunSummary, _ executor: inout PlanExecutor, _ session: RunSession
    ) async throws(ServerFailure) {
        var (plan, snapshot) = try await plan(on: session)
        summary.refusals = plan.refusals
        summary.findings = plan.findings
        summary.objectsInView = plan.objectsInView
        summary.missingSchemas = plan.missingSchemas
        for refusal in plan.refusals {
            sink.record(.refused(runID: runID, database: definition.name, refusal))
        }
        sink.record(.planned(runID: runID, database: definition.name, steps: plan.steps.count))

        summary.reports = await executor.execute(plan.steps)
        if let anew = await workAnew(&summary, &executor, session) { (plan, snapshot) = anew }
        for held in await session.takenOver {
            summary.heldLocks.append(held)
            sink.record(.runLockHeld(runID: runID, database: definition.name, held))
        }
        summary.runways = runways(plan, snapshot, summary.reports)
        if let lost = session.lost { throw ServerFailure(lost) }
    }

    /// What had changed since the plan was made is planned anew, once, for the objects that it was about.
    ///
    /// - Returns: the second plan; nil where the first one still says how things are.
    private func workAnew(
        _ summary: inout RunSummary, _ executor: inout PlanExecutor, _ session: RunSession
    ) async -> (Plan, CatalogSnapshot)? {
        let superseded = summary.reports.filter { report in
            // What was done for the slot before has not changed.
            guard case .superseded = report.outcome else { return false }
            return executor.entry?.doneBefore[report.step.key] == nil
        }
        let changed = Dictionary(
            superseded.map { (Subject(task: $0.step.kind, object: $0.step.object), $0.step) },
            uniquingKeysWith: { first, _ in first })
        func isChanged(_ task: TaskKind, _ object: RelationName) -> Bool {
            changed[Subject(task: task, object: object)] != nil
        }
        guard !changed.isEmpty, !session.isLost, !executor.isToStop else { return nil }
        let (plan, snapshot): (Plan, CatalogSnapshot)
        do throws(ServerFailure) {
            (plan, snapshot) = try await self.plan(on: session)
        } catch {
            // Then the run ends for that reason, and not for these objects.
            guard !session.isLost, error.failureClass != .cancelled else { return nil }
            var failure = error
            failure.message = "it had changed since the plan was made, and could not be planned anew: \(error.message)"
            for step in changed.values.sorted(by: { $0.object < $1.object }) {
                let report = StepReport(step: step, outcome: .failed(failure), duration: .zero)
                sink.record(.stepFinished(runID: runID, database: definition.name, report))
                summary.reports.append(report)
            }
            return nil
        }
        let said = summary.refusals
        let refusals = plan.refusals.filter { isChanged($0.task, $0.object) }
        summary.refusals = said.filter { !isChanged($0.task, $0.object) } + refusals
        summary.findings =
            summary.findings.filter { !isChanged($0.task, $0.object) }
            + plan.findings.filter { isChanged($0.task, $0.object) }
        for refusal in refusals where !said.contains(refusal) {
            sink.record(.refused(runID: runID, database: definition.name, refusal))
        }
        summary.reports += await executor.execute(plan.steps.filter { isChanged($0.kind, $0.object) })
        return (plan, snapshot)
    }

    private struct Subject: Hashable {
        let task: TaskKind
        let object: RelationName
    }

    /// Of the kinds of task whose locks the session holds.
    private func plan(on session: RunSession) async throws(ServerFailure) -> (Plan, CatalogSnapshot) {
        let tasks = await session.tasks
        let connection: Connection
        do throws(PostgresError) {
            connection = try await session.connection()
        } catch {
            throw ServerFailure(error)
        }
        let snapshot = try await snapshot(on: connection, tasks)
        return (Planner(definition: definition, tasks: tasks).plan(snapshot), snapshot)
    }

    private func snapshot(on connection: Connection, _ tasks: [TaskKind]) async throws(ServerFailure) -> CatalogSnapshot
    {
        let snapshot = try await SnapshotReader(connection: connection, definition: definition, tasks: tasks).read()
        // A connection that was lost may have been had again on another host.
        guard !snapshot.server.isStandby else { throw .standby }
        return snapshot
    }

    /// The runway of each planned table once the partitions that were made are counted in.
    private func runways(_ plan: Plan, _ snapshot: CatalogSnapshot, _ reports: [StepReport]) -> [Runway] {
        var made: [UInt32: [CreatePartition]] = [:]
        for report in reports where report.outcome == .done {
            if case .createPartition(let step) = report.step { made[step.parentOID, default: []].append(step) }
        }
        guard !made.isEmpty else { return plan.runways }
        var after = snapshot
        after.tables = snapshot.tables.map { table in (made[table.oid] ?? []).reduce(table) { $0.attaching($1) } }
        return PartitionPlanner(definition: definition, snapshot: after).readings().compactMap(\.runway)
    }

    private static func open(
        _ definition: DatabaseDefinition, _ applicationName: String, _ notices: NoticeLog
    ) async throws(PostgresError) -> Connection {
        let options = SessionOptions(
            applicationName: applicationName, statementTimeout: patience, prefersPrimary: true,
            onNotice: { notice in
                if notice.severity == "WARNING" { notices.keep("\(notice.severity): \(notice.message)") }
            })
        return try await Connection.open(definition, options: options)
    }

    /// For statements without a limit of their own, so that a server that has stopped ends the run at last: they read
    /// the catalog or write the ledger, in milliseconds.
    private static let patience = Duration.seconds(60)
}
