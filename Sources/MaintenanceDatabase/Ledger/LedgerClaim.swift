import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// The beginning of a run in the ledger: one transaction that decides whose a slot is.
///
/// The caller holds the advisory locks of the run's tasks. That is what makes a run which is still said to be running a
/// dead one, and what keeps two claims of one slot apart; the unique indexes of the ledger hold without it, too.
struct LedgerClaim {
    let connection: Connection
    let identity: RunIdentity

    enum Outcome: Sendable {
        case begun(RecordedRun, Found)
        case completedElsewhere(RunOwner, Found)
        /// By the server's clock the slot lies in the future.
        case notDue(serverTime: Instant)
    }

    /// By how much the clocks of a host and its server may differ.
    private static let clockTolerance = Duration.seconds(300)

    /// What a claim found of others, and entered.
    struct Found: Sendable {
        /// Runs whose owners had died.
        var abandoned: [RunOwner] = []
        /// Slots that were entered as skipped or missed, oldest first.
        var passed: [PassedSlot] = []
    }

    /// Who has completed the slot; nil where nobody has. Needs no lock: a slot that is completed stays so.
    func completingRun(of slot: Slot) async throws(PostgresError) -> RunOwner? {
        let query = LedgerQuery.slot(identity.database, slot.task.rawValue, slot.due.description)
        guard let row = try await connection.optionalRow(query) else { return nil }
        guard let runID = try row.decodeIfPresent("completed_by", as: String.self) else { return nil }
        return RunOwner(
            runID: runID, host: try row.decode("host"), pid: try row.decode("pid"),
            startedAt: try row.instant("started_at"))
    }

    /// - Parameters:
    ///   - order: nil for a run by hand.
    ///   - tasks: those whose locks the session holds.
    ///   - schedule: of the slot, for slots before it that nobody has recorded.
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

    /// Whoever gave the order knows why a slot passed; what lies between the ledger's last slot and this one passed
    /// while nobody was there.
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

/// A run that has begun in the ledger, and what it needs to know of others.
struct RecordedRun: Sendable {
    let runID: String
    /// Which run of its slot it is, from 1, over all services.
    let attempt: Int
    /// What was done for the slot already, each with the run that did it.
    let doneBefore: [StepKey: String]
    /// For how long others have waited for locks within the last hour.
    let waits: [RelationName: Duration]

    /// Whether a step whose COMMIT was not answered has arrived all the same.
    func hasCommitted(_ number: Int, on connection: Connection) async throws(PostgresError) -> Bool {
        try await connection.row(
            LedgerQuery.stepIsDone(runID, number), timeout: LedgerTransaction.clientTimeout
        ).decode("is_done")
    }
}
