import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient

/// Records one run in the ledger: claims its slot before it, and records its result after it.
///
/// Without a ledger the run goes on, and only its events report what it did. A manual run never installs the ledger,
/// and does not report its absence.
struct LedgerRecorder: Sendable {
    let context: RunContext

    /// nil if the run is not recorded.
    private(set) var recordedRun: RecordedRun?
    /// What becomes of the slot of the order; nil for a manual run.
    private(set) var slot: SlotReport?
    private var availability = LedgerAvailability.absent
    private let retryPolicy = SlotRetryPolicy()

    init(_ context: RunContext) {
        self.context = context
        slot = context.order.map { SlotReport(slot: $0.slot, attempt: $0.attempt) }
    }

    private var definition: DatabaseDefinition { context.definition }
    private var identity: RunIdentity { context.identity }
    private var order: SlotOrder? { context.order }
    private var sink: any EventSink { context.sink }

    /// Looks for the ledger, installs it if it is missing and the run is to install it, and looks up the slot. Takes no
    /// advisory locks of tasks.
    ///
    /// - Returns: whether another run has already completed the slot.
    mutating func isCompletedElsewhere(_ connection: Connection) async throws(ServerFailure) -> Bool {
        guard definition.ledger.enabled else {
            slot?.unrecorded = .ledgerIsOff
            return false
        }
        try await prepare(connection)
        guard case .ready = availability, let order else { return false }
        do throws(PostgresError) {
            let claim = LedgerClaim(connection: connection, identity: identity)
            let owner = try await LedgerTransaction(connection: connection).run { () async throws(PostgresError) in
                try await claim.completingRun(of: order.slot)
            }
            guard let owner else { return false }
            slot?.state = .completedElsewhere(owner)
            return true
        } catch {
            try continueWithoutLedger(after: error)
            return false
        }
    }

    /// Records the beginning of the run and claims its slot. The session has to hold the advisory locks of these tasks.
    ///
    /// - Returns: whether another run has already completed the slot.
    /// - Throws: also if the slot is not due yet by the server's clock.
    mutating func begin(_ tasks: [TaskKind], on connection: Connection) async throws(ServerFailure) -> Bool {
        guard case .ready = availability, !tasks.isEmpty else { return false }
        var notDue: ServerFailure?
        do throws(PostgresError) {
            let schedule = order.map { definition.schedule(of: $0.slot.task).schedule }
            let claim = LedgerClaim(connection: connection, identity: identity)
            switch try await claim.begin(order, tasks: tasks, schedule: schedule) {
            case .begun(let run, let found):
                recordedRun = run
                slot?.attempt = run.attempt
                report(found)
                return false
            case .completedElsewhere(let owner, let found):
                slot?.state = .completedElsewhere(owner)
                report(found)
                return true
            case .notDue(let serverTime):
                notDue = .clockAhead(of: serverTime, order?.slot)
            }
        } catch {
            try continueWithoutLedger(after: error)
            return false
        }
        if let notDue { throw notDue }
        return false
    }

    /// Records the result of the run, and adds what became of its slot to the summary.
    ///
    /// Never throws: if the end cannot be recorded, the next run finds this one abandoned, and the slot stays open.
    ///
    /// - Parameter startTimes: when each step was started, by its number.
    mutating func end(
        _ summary: inout RunSummary, _ session: RunSession, startTimes: [Int: ContinuousClock.Instant]
    ) async {
        let attempt = slot?.attempt ?? 1
        let isComplete = retryPolicy.isComplete(summary, attempt: attempt)
        if let recordedRun {
            let state: LedgerRun.State =
                summary.interruption != nil ? .interrupted : isComplete ? .completed : .incomplete
            let ending = LedgerEnding(
                runID: recordedRun.runID, state: state, summary: summary, lateAfter: order?.lateAfter ?? .zero,
                startTimes: startTimes)
            do throws(PostgresError) {
                try await end(ending, session)
            } catch {
                // If the server is lost, the run itself reports that.
                if !session.isLost {
                    sink.record(.service(.ledgerUnavailable(database: definition.name, ServerFailure(error))))
                }
            }
        } else if let order, isComplete, slot?.unrecorded != nil {
            let delay = Duration.microseconds(summary.startedAt.microseconds - order.slot.due.microseconds)
            slot?.state = .ran(late: delay >= order.lateAfter)
        }
        summary.slot = slot
    }

    /// Tries it once more on a new connection if the first one is lost: the statement has no effect if it had
    /// succeeded.
    private mutating func end(_ ending: LedgerEnding, _ session: RunSession) async throws(PostgresError) {
        var hasReconnected = false
        while true {
            do throws(PostgresError) {
                let connection = try await session.connection()
                let isEnded = try await ending.enter(on: connection)
                if let order {
                    try await readSlotState(order, on: connection)
                }
                if isEnded { try await deleteExpired(on: connection, ending.summary.reports.count) }
                return
            } catch {
                guard error.kind == .connection, !hasReconnected, !session.isLost else { throw error }
                hasReconnected = true
            }
        }
    }

    /// Reads which run has completed the slot, this one or another.
    private mutating func readSlotState(_ order: SlotOrder, on connection: Connection) async throws(PostgresError) {
        let query = LedgerQuery.slot(identity.database, order.slot.task.rawValue, order.slot.due.description)
        guard
            let row = try await connection.optionalRow(
                query, timeout: LedgerTransaction.clientTimeout, evenIfCancelled: true),
            let runID = try row.decodeIfPresent("completed_by", as: String.self)
        else { return }
        if runID == identity.runID {
            slot?.state = .ran(late: try row.word("state", as: LedgerSlot.State.self) == .late)
        } else {
            slot?.state = .completedElsewhere(
                RunOwner(
                    runID: runID, host: try row.decode("host"), pid: try row.decode("pid"),
                    startedAt: try row.instant("started_at")))
        }
    }

    private func deleteExpired(on connection: Connection, _ steps: Int) async throws(PostgresError) {
        let ledger = definition.ledger
        let delete = LedgerQuery.delete(ledger.keep.microseconds, ledger.keepRuns, ledger.keepSteps, 2 * steps)
        try await LedgerTransaction(connection: connection, evenIfCancelled: true).run {
            () async throws(PostgresError) in
            try await connection.execute(delete, timeout: LedgerTransaction.clientTimeout, evenIfCancelled: true)
        }
    }

    private mutating func report(_ found: LedgerClaim.Found) {
        slot?.abandoned = found.abandoned
        slot?.passed = found.passed
    }

    // MARK: - Without a ledger

    private mutating func prepare(_ connection: Connection) async throws(ServerFailure) {
        do throws(PostgresError) {
            availability = try await LedgerTransaction(connection: connection).run { () async throws(PostgresError) in
                try await LedgerAvailability.read(on: connection, owner: definition.ledger.owner)
            }
        } catch {
            try continueWithoutLedger(after: error)
        }
        if context.installsLedger {
            switch availability {
            case .absent: try await migrate(connection, reporting: .ledgerInstalled(database: definition.name))
            case .older: try await migrate(connection, reporting: .ledgerMigrated(database: definition.name))
            case .ready, .unavailable, .newer: break
            }
        }
        switch availability {
        case .ready: break
        case .absent: slot?.unrecorded = .noLedger
        case .older(let failure): reportUnavailable(failure)
        case .unavailable(let failure) where failure.failureClass == .refused: reportUnavailable(failure)
        case .unavailable(let failure): slot?.unrecorded = failure
        case .newer(let failure):
            // Somebody has begun an upgrade: without the ledger, this run would repeat the work of the newer services.
            if order != nil { throw failure }
        }
    }

    private mutating func migrate(
        _ connection: Connection, reporting event: ServiceEvent
    ) async throws(ServerFailure) {
        var set = MigrationSet.ledger
        set.schemaOwner = definition.ledger.owner
        let runner = MigrationRunner(
            connection: connection, set: set, programVersion: identity.programVersion)
        do throws(ServerFailure) {
            let applied = try await runner.apply().applied
            availability = .ready
            if !applied.isEmpty { sink.record(.service(event)) }
        } catch {
            if error.endsRun { throw error }
            availability = .unavailable(error)
        }
    }

    /// Lets the run go on without the ledger.
    ///
    /// - Throws: the failure, if the run cannot or should not go on. A manual run goes on after any error of the
    ///   server; the run of a slot only after one that another try would not avoid (`endsRun`).
    private mutating func continueWithoutLedger(after error: PostgresError) throws(ServerFailure) {
        let failure = ServerFailure(error)
        if order == nil ? error.kind != .server : failure.endsRun { throw failure }
        availability = .unavailable(failure)
        reportUnavailable(failure)
    }

    /// A manual run has no slot report to carry the failure.
    private mutating func reportUnavailable(_ failure: ServerFailure) {
        slot?.unrecorded = failure
        if order == nil { sink.record(.service(.ledgerUnavailable(database: definition.name, failure))) }
    }
}

extension ServerFailure {
    /// A slot must not be completed before it is due: if a host with a wrong clock completed tomorrow's slot today, all
    /// services would skip it tomorrow.
    fileprivate static func clockAhead(of serverTime: Instant, _ slot: Slot?) -> ServerFailure {
        ServerFailure(
            failureClass: .other,
            message:
                "the slot of \(slot?.due.description ?? "?") is not due yet: by the clock of the server it is \(serverTime)",
            cure: "set the clock of this host (timedatectl), or that of the server")
    }

    fileprivate static let ledgerIsOff = ServerFailure(
        failureClass: .other, message: "the ledger is switched off for this database",
        cure: "set ledger.enabled to true, unless no other service tends the same database")

    fileprivate static let noLedger = ServerFailure(
        failureClass: .other, message: "this database has no ledger", cure: "let the service make it: pgtend serve")

    /// Whether the failure may be temporary, so that it is better to end the run: its slot is tried again soon, with
    /// the ledger.
    fileprivate var endsRun: Bool {
        if isStandby { return true }
        return switch failureClass {
        case .connection, .pooler, .authentication, .cancelled, .resources, .lockNotAvailable, .transactionRollback,
            .timeout:
            true
        case .privilege, .refused, .other: false
        }
    }
}
