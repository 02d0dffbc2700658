import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Records the beginning of a run in the ledger, in one transaction that decides whether the run gets its slot.
///
/// The caller has to hold the advisory locks of the run's tasks. So other runs of these tasks that the ledger still
/// lists as running must be dead, and two claims of one slot cannot overlap. As a safeguard, the ledger also has unique
/// indexes.
struct LedgerClaim {
    let connection: Connection
    let identity: RunIdentity

    enum Outcome: Sendable {
        case begun(RecordedRun, Found)
        case completedElsewhere(RunOwner, Found)
        /// By the server's clock, the slot lies in the future.
        case notDue(serverTime: Instant)
    }

    /// How much the clocks of this host and of the server may differ.
    private static let clockTolerance = Duration.seconds(300)

    /// What a claim found of earlier runs and slots, and recorded.
    struct Found: Sendable {
        /// Runs whose process had died, now marked as abandoned, oldest first.
        var abandoned: [RunOwner] = []
        /// Earlier slots that were recorded as skipped or missed, oldest first.
        var passed: [PassedSlot] = []
    }

    /// The run that has completed the slot; nil if none has. Needs no lock, since a completed slot stays completed.
    func completingRun(of slot: Slot) async throws(PostgresError) -> RunOwner? {
        let query = LedgerQuery.slot(identity.database, slot.task.rawValue, slot.due.description)
        guard let row = try await connection.optionalRow(query) else { return nil }
        guard let runID = try row.decodeIfPresent("completed_by", as: String.self) else { return nil }
        return RunOwner(
            runID: runID, host: try row.decode("host"), pid: try row.decode("pid"),
            startedAt: try row.instant("started_at"))
    }

    /// - Parameters:
    ///   - order: the slot to claim; nil for a manual run.
    ///   - tasks: the kinds of task whose advisory locks the session holds.
    ///   - schedule: the schedule of the slot, to find earlier slots that are not recorded.
    func begin(
        _ order: SlotOrder?, tasks: [TaskKind], schedule: Schedule?
    ) async throws(PostgresError) -> Outcome {
        try await LedgerTransaction(connection: connection).run { () async throws(PostgresError) in
            try await claim(order, tasks, schedule)
        }
    }

    private func claim(
        _ order: SlotOrder?, _ tasks: [TaskKind], _ schedule: Schedule?
    ) async throws(PostgresError) -> Outcome {
        if let order {
            let row = try await connection.row(
                "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now")
            let serverTime = try row.instant("now")
            if order.slot.due > serverTime.adding(microseconds: Self.clockTolerance.microseconds) {
                return .notDue(serverTime: serverTime)
            }
        }
        var found = Found(abandoned: try await markAbandoned(tasks))
        var slotID: Int64?
        if let order {
            found.passed = try await recordPassed(order, schedule)
            let row = try await connection.row(
                LedgerQuery.openSlot(identity.database, order.slot.task.rawValue, order.slot.due.description))
            if try row.word("state", as: LedgerSlot.State.self) != .open,
                let owner = try await completingRun(of: order.slot)
            {
                return .completedElsewhere(owner, found)
            }
            slotID = try row.decode("id")
        }
        let row = try await connection.row(
            LedgerQuery.beginRun(
                identity.runID, identity.database, slotID, tasks.map(\.rawValue), identity.host, identity.pid,
                identity.application, identity.programVersion))
        let entry = RecordedRun(
            runID: identity.runID, attempt: try row.decode("attempt"), doneBefore: try await doneKeys(slotID),
            waits: try await waits())
        return .begun(entry, found)
    }

    private func markAbandoned(_ tasks: [TaskKind]) async throws(PostgresError) -> [RunOwner] {
        var owners: [RunOwner] = []
        for row in try await connection.rows(LedgerQuery.abandon(tasks.map(\.rawValue))) {
            owners.append(
                RunOwner(
                    runID: try row.decode("id"), host: try row.decode("host"), pid: try row.decode("pid"),
                    startedAt: try row.instant("started_at"), due: try row.instantIfPresent("due")))
        }
        return owners.sorted { $0.startedAt < $1.startedAt }
    }

    /// Records the slots that have passed. The order gives the reasons that the service knows; any other slot between
    /// the last recorded one and this one was missed because no service was running.
    private func recordPassed(_ order: SlotOrder, _ schedule: Schedule?) async throws(PostgresError) -> [PassedSlot] {
        let (task, due) = (order.slot.task, order.slot.due)
        var passed: [Instant: PassedSlot] = [:]
        let query = LedgerQuery.lastSlot(identity.database, task.rawValue, due.description)
        if let schedule, let last = try await connection.row(query).instantIfPresent("due") {
            for slot in SlotGap(schedule, after: last, before: due).missed(task, since: last) {
                passed[slot.slot.due] = slot
            }
        }
        for slot in order.passed where slot.slot.task == task && slot.slot.due < due { passed[slot.slot.due] = slot }
        let slots = passed.values.sorted { $0.slot.due < $1.slot.due }
        var entered: [PassedSlot] = []
        for row in try await connection.rows(
            LedgerQuery.pass(
                identity.database, task.rawValue, slots.map(\.slot.due.description), slots.map(\.state.rawValue),
                slots.map(\.reason), due.description))
        {
            entered.append(
                PassedSlot(
                    Slot(task: task, due: try row.instant("due")), try row.word("state"),
                    reason: try row.decode("reason")))
        }
        return entered
    }

    private func doneKeys(_ slotID: Int64?) async throws(PostgresError) -> [StepKey: String] {
        guard let slotID else { return [:] }
        var keys: [StepKey: String] = [:]
        for row in try await connection.rows(LedgerQuery.doneKeys(slotID)) {
            keys[StepKey(try row.decode("key"))] = try row.decode("run_id")
        }
        return keys
    }

    private func waits() async throws(PostgresError) -> [RelationName: Duration] {
        var waits: [RelationName: Duration] = [:]
        for row in try await connection.rows(LedgerQuery.waits()) {
            waits[try RelationName(row)] = try row.duration("waited")
        }
        return waits
    }
}

/// A run that is recorded in the ledger, and what it needs to know about earlier runs.
struct RecordedRun: Sendable {
    let runID: String
    /// The number of this run among those of its slot, counted from 1 over all services.
    let attempt: Int
    /// The steps that earlier runs have done for the slot, each with the ID of that run.
    let doneBefore: [StepKey: String]
    /// How long the runs of the last hour have waited for the locks of each table.
    let waits: [RelationName: Duration]

    /// Whether a step was committed although the connection was lost before the server confirmed it.
    func hasCommitted(_ number: Int, on connection: Connection) async throws(PostgresError) -> Bool {
        try await connection.row(
            LedgerQuery.stepIsDone(runID, number), timeout: LedgerTransaction.clientTimeout
        ).decode("is_done")
    }
}
