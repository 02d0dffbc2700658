import CivilTime
import Maintenance
import Reporting
import SQLText

/// Events as a run makes them: for every kind of report one that has all there can be, and one that has least.
enum SampleEvents {
    static let runID = "5f0c6d3b8e2a4f7c9d1e0b2a3c4d5e6f"
    static let database = "mcp"
    static let start = Instant(midnightOf: CivilDate(year: 2026, month: 11, day: 23) ?? CivilDate(daysSinceEpoch: 0))
    static let limits = StepLimits(locks: LockBudget(), statementTimeout: .seconds(60))

    static func partition(_ table: String = "audit_log", schema: String = "mcp", month: Int = 12) -> PlanStep {
        let from = CivilDate(year: 2026, month: month, day: 1) ?? CivilDate(daysSinceEpoch: 0)
        let action = CreatePartition(

            parent: RelationName(schema: schema, name: table), parentOID: 16384, parentOwner: "owner",
            partition: RelationName(schema: schema, name: "\(table)_2026_\(month)"),
            from: Instant(midnightOf: from), to: Instant(midnightOf: from.adding(months: 1)),
            keyType: .timestamptz, keyColumn: "created_at",
            template: PartitionTemplate(relation: RelationName(schema: schema, name: table), owner: "owner"),
            defaultPartition: nil, foreignKeyTables: [])
        return PlanStep(.createPartition(action), reason: "one of the 3 months to come", limits: limits)
    }

    static func view(_ name: String = "agent_cost_analytics") -> PlanStep {
        let view = RelationName(schema: "mcp", name: name)
        return PlanStep(
            .refreshView(RefreshView(view: view, mode: .concurrent, owner: "owner", role: "owner")),
            reason: "refreshed on every run",
            limits: limits)
    }

    static func statistics(_ tenant: String = "acme") -> PlanStep {
        let action = UpdateStatistics(corpus: .conventional(in: "mcp"), tenant: tenant, owner: "app_owner")
        return PlanStep(.updateStatistics(action), reason: "updated on every run", limits: limits)
    }

    static let blocker = Blocker(
        pid: 4711, application: "reports", user: "alice", state: "idle in transaction",
        relation: RelationName(schema: "mcp", name: "audit_log"), lockMode: "AccessExclusiveLock", transactionAge: 93)

    static let denied = ServerFailure(
        failureClass: .privilege, sqlState: .insufficientPrivilege, message: "permission denied for schema mcp",
        detail: "some detail", hint: "a hint of the server", cure: "GRANT CREATE ON SCHEMA mcp TO tender")

    static let bareFailure = ServerFailure(failureClass: .connection, message: "the server closed the connection")

    static let held = HeldRunLock(
        task: .views, pid: 4712, application: "pgtend", user: "tender", client: "10.0.0.7", since: start)

    static let refusal = Refusal(
        task: .partitions, object: RelationName(schema: "mcp", name: "by_hash"), reason: .notRangePartitioned,
        explanation: "it is partitioned by hash", cure: "leave it alone with enabled: false")

    static func finished(_ step: PlanStep, _ outcome: StepOutcome, _ duration: Duration = .milliseconds(12))
        -> StepReport
    {
        StepReport(step: step, outcome: outcome, duration: duration)
    }

    static func summary(
        _ outcomes: [(PlanStep, StepOutcome)] = [], change: (inout RunSummary) -> Void = { _ in }
    ) -> RunSummary {
        var summary = RunSummary(
            runID: runID, database: database, tasks: TaskKind.allCases, startedAt: start,
            duration: .milliseconds(1_234), reports: outcomes.map { finished($0, $1) }, objectsInView: 1)
        change(&summary)
        return summary
    }

    static func event(_ report: StepReport) -> MaintenanceEvent {
        .stepFinished(runID: runID, database: database, report)
    }

    /// Every kind of report occurs, with and without everything that is optional.
    static var all: [MaintenanceEvent] {
        let full = StepReport(
            step: partition(), outcome: .done, duration: .milliseconds(12), lockWait: .milliseconds(3), attempt: 2,
            notices: ["NOTICE: merging column"])
        let outcomes: [StepOutcome] = [
            .done, .superseded(reason: "the partition exists"), .postponed(tries: 5, blockers: [blocker, blocker]),
            .postponed(tries: 5, blockers: []), .failed(denied), .failed(bareFailure),
            .interrupted(reason: "SIGTERM"),
        ]
        let steps = [partition(), view(), statistics()]
        return [
            .runStarted(runID: runID, database: database, tasks: [.views]),
            .planned(runID: runID, database: database, steps: 3),
            .runLockHeld(runID: runID, database: database, held),
            .refused(runID: runID, database: database, refusal), event(full),
        ]
            + steps.flatMap { step in
                [
                    .stepStarted(runID: runID, database: database, step: step, index: 1, of: 3),
                    .stepRetried(
                        runID: runID, database: database, step: step, attempt: 1, delay: .milliseconds(250), [blocker]),
                    .stepRetried(
                        runID: runID, database: database, step: step, attempt: 1, delay: .milliseconds(250), []),
                ] + outcomes.map { event(finished(step, $0)) }
            }
            + [
                summary(),
                summary([(partition(), .done)]) { $0.failure = denied },
                summary { $0.failure = bareFailure },
                summary { $0.interruption = "SIGINT" },
                summary { $0.objectsInView = 0 },
                summary([(partition(), .failed(denied))]), summary([(view(), .done)]),
                summary(steps.map { ($0, .done) }) {
                    $0.refusals = [refusal]
                    $0.heldLocks = [held]
                    $0.findings = [
                        Finding(
                            task: .partitions, object: RelationName(schema: "mcp", name: "audit_log"),
                            message: "a gap of 2 months")
                    ]
                    $0.runways = [
                        Runway(table: RelationName(schema: "mcp", name: "gone"), until: nil, isZoned: true),
                        Runway(
                            table: RelationName(schema: "mcp", name: "audit_log"),
                            until: start.adding(microseconds: 98 * Instant.microsecondsPerDay), isZoned: true,
                            remaining: .seconds(98 * 86_400)),
                        Runway(
                            table: RelationName(schema: "mcp", name: "def"), until: nil, isZoned: true,
                            defaultPartition: RelationName(schema: "mcp", name: "def_default")),
                    ]
                },
                summary {
                    $0.runways = [41, 35, 8].map { days in
                        Runway(
                            table: RelationName(schema: "mcp", name: "audit_log"),
                            until: start.adding(microseconds: days * Instant.microsecondsPerDay), isZoned: true,
                            remaining: .seconds(days * 86_400),
                            alarm: RunwayAlarm(warning: .seconds(42 * 86_400), critical: .seconds(30 * 86_400)))
                    }
                },
                summary([(partition(), .done)]) {
                    $0.slot = SlotReport(slot: slot, attempt: 2, state: .ran(late: true))
                },
                summary {
                    $0.objectsInView = 0
                    $0.slot = SlotReport(slot: slot, attempt: 1, state: .completedElsewhere(owner))
                },
            ].map(MaintenanceEvent.runFinished) + service.map(MaintenanceEvent.service)
    }

    // MARK: The service

    static let slot = Slot(task: .views, due: start)
    static let owner = RunOwner(runID: runID, host: "db2", pid: 4713, startedAt: start)

    static func passed(_ minutes: Int64, _ state: PassedSlot.State, _ reason: String) -> PassedSlot {
        PassedSlot(Slot(task: .views, due: start.adding(microseconds: minutes * 60_000_000)), state, reason: reason)
    }

    static func unavailable(
        _ failure: ServerFailure = bareFailure, failures: Int = 1, lasting: Duration = .zero
    ) -> ServiceEvent {
        .databaseUnavailable(database: database, failure, failures: failures, since: start, lasting: lasting)
    }

    static func failing(_ failures: Int, lasting: Duration = .zero) -> ServiceEvent {
        .taskFailing(
            database: database, .views, failures: failures, since: start, lasting: lasting, reason: "1 step failed")
    }

    static let refusedPassword = ServerFailure(
        failureClass: .authentication, sqlState: .invalidPassword,
        message: "password authentication failed for user \"tender\"",
        cure: "correct the password file")

    static let service: [ServiceEvent] = [
        .started(version: "0.1.0", databases: ["mcp", "shop"], configuration: "/etc/pgtend/pgtend.yaml"),
        .started(version: "0.1.0", databases: ["mcp"], configuration: nil),
        .stopping(reason: "SIGTERM", running: 2), .stopping(reason: "SIGTERM", running: 0),
        .stopped(reason: "SIGTERM", after: .milliseconds(1_234)), .stopRepeated(reason: "SIGTERM"),
        .reloaded(changes: ["database shop: added"]), .reloaded(changes: []),
        .reloadRefused(problems: ["/etc/pgtend/pgtend.yaml:5:7: unknown key 'premkae'"]),
        unavailable(), unavailable(denied, failures: 3, lasting: .seconds(60)),
        unavailable(failures: 10, lasting: .seconds(3_600)), unavailable(refusedPassword),
        .databaseStandby(database: database, since: start),
        .databaseAvailable(database: database, after: .seconds(3_600)),
        .ledgerUnavailable(database: database, denied), .ledgerUnavailable(database: database, bareFailure),
        .ledgerInstalled(database: database), .ledgerMigrated(database: database),
        .roleExceeds(database: database, role: "postgres", "it is a superuser"),
        .slotsPassed(database: database, [passed(0, .missed, "no service ran")]),
        .slotsPassed(
            database: database, [passed(0, .missed, "no service ran"), passed(15, .skipped, "a run was at work")]),
        .slotLate(database: database, slot, by: .seconds(300)),
        .slotHeld(database: database, slot, held), .slotElsewhere(database: database, slot, owner),
        .runTakenOver(database: database, slot, from: owner, runID: "0" + runID.dropFirst()),
        failing(1), failing(3, lasting: .seconds(1_800)), failing(10, lasting: .seconds(9_000)),
        .taskRecovered(database: database, .views, failures: 3, after: .seconds(1_800)),
        .startRefused(problems: ["pgtend.yaml:1:1: a"]),
        .startHindered(limit: "the limit of open files (RLIMIT_NOFILE) is 6"),
        .configurationWarned(warnings: ["environment: PGTEND_X: unknown"]),
        .notificationFailed("READY=1: Connection refused"),
        .notificationResumed(dropped: 3, after: .seconds(90)),
        .reportsLost(count: 2, reason: "nobody read what had been written before"),
        .clockStepped(by: .seconds(3_600)),
        .clockStepped(by: .seconds(-3_600)),
    ]
}
