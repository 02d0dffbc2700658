import CivilTime
import Maintenance
import SystemdIO

extension ServiceEvent {
    /// The reports of this event, in the order in which they are to be read.
    var reports: [Report] {
        switch self {
        case .started(let version, let databases, let configuration):
            [Self.started(version, databases, configuration)]
        case .startRefused(let problems): Self.refusedToStart(problems)
        case .startHindered(let limit):
            [
                Report(
                    .startRefused, .error, .record, "not started, nothing was done: \(limit)",
                    fields: [ReportField(.problems, 1)])
            ]
        case .configurationWarned(let warnings):
            warnings.map { warning in
                Report(
                    .configurationWarning, .warning, .record, warning, fields: [ReportField(.problem, warning)])
            }
        case .stopping(let reason, let running):
            [Self.stopping(reason, running)]
        case .stopped(let reason, let duration):
            [
                Report(
                    .serviceStopped, .notice, .record, "stopped in \(duration.humanReadable) (\(reason))",
                    fields: [ReportField(.reason, reason), ReportField(.durationMicroseconds, duration)])
            ]
        case .stopRepeated(let reason):
            [
                Report(
                    .serviceHurried, .warning, .record,
                    "told to stop once more (\(reason)): what still runs is cancelled now",
                    fields: [ReportField(.reason, reason)])
            ]
        case .reloaded(let changes): [Self.reloaded(changes)]
        case .reloadRefused(let problems): Self.refused(problems)
        case .databaseUnavailable(let database, let failure, let failures, let since, let lasting):
            [failure.report(database, failures, since, lasting)]
        case .databaseStandby(let database, let since):
            [
                Report(
                    .databaseStandby, .notice, .record,
                    "\(database) is a standby and takes no changes: waiting since \(since.iso8601) for its promotion",
                    fields: [ReportField(.database, database), ReportField(.since, since)])
            ]
        case .databaseAvailable(let database, let duration):
            [
                Report(
                    .databaseAvailable, .notice, .record,
                    "\(database) can be worked with again, after \(duration.humanReadable)",
                    fields: [ReportField(.database, database), ReportField(.durationMicroseconds, duration)])
            ]
        case .ledgerUnavailable(let database, let failure): [failure.report(ofTheLedgerIn: database)]
        case .ledgerInstalled(let database):
            [
                Report(
                    .ledgerInstalled, .notice, .record,
                    "the ledger of \(database) is installed: runs and slots are recorded in its schema pgtend_ledger",
                    fields: [ReportField(.database, database)])
            ]
        case .ledgerMigrated(let database):
            [
                Report(
                    .ledgerMigrated, .notice, .record,
                    "the ledger of \(database) was made by an earlier version, and is that of this one now",
                    fields: [ReportField(.database, database)])
            ]
        case .roleExceeds(let database, let role, let excess):
            [
                Report(
                    .roleExceeds, .warning, .record,
                    "the service works in \(database) as role \(role), and \(excess): it needs none of that, see "
                        + "docs/privileges.md and `pgtend config check --connect`",
                    fields: [ReportField(.database, database), ReportField(.reason, excess)])
            ]
        case .slotsPassed(let database, let passed): passed.reports(in: database)
        case .slotLate(let database, let slot, let delay): [slot.report(late: delay, in: database)]
        case .slotElsewhere(let database, let slot, let owner): [slot.report(ownedBy: owner, in: database)]
        case .slotHeld(let database, let slot, let held): [slot.report(heldBy: held, in: database)]
        case .runTakenOver(let database, let slot, let owner, let runID):
            [slot.report(takenOverFrom: owner, by: runID, in: database)]
        case .taskFailing(let database, let task, let failures, let since, let lasting, let reason):
            [task.report(failing: failures, since, lasting, reason, in: database)]
        case .taskRecovered(let database, let task, let failures, let duration):
            [
                Report(
                    .taskRecovered, .notice, .record,
                    "\(task.rawValue) of \(database) succeeded again, after \(failures.counted("failure")) in "
                        + duration.humanReadable,
                    fields: [
                        ReportField(.database, database), ReportField(.task, task.rawValue),
                        ReportField(.failures, failures), ReportField(.durationMicroseconds, duration),
                    ])
            ]
        case .notificationFailed(let reason):
            [
                Report(
                    .notificationFailed, .warning, .record,
                    "the service manager could not be told, and what still matters is sent again: \(reason)",
                    fields: [ReportField(.reason, reason)])
            ]
        case .notificationResumed(let dropped, let duration):
            [
                Report(
                    .notificationResumed, .notice, .record,
                    "the service manager is told again after \(duration.humanReadable); \(dropped.counted("notification")) "
                        + "had been overtaken by later ones",
                    fields: [ReportField(.lost, dropped), ReportField(.durationMicroseconds, duration)])
            ]
        case .reportsLost(let count, let reason):
            [
                Report(
                    .reportsLost, .warning, .record, "\(count.counted("report")) could not be written: \(reason)",
                    fields: [ReportField(.lost, count), ReportField(.reason, reason)])
            ]
        case .clockStepped(let step): [Self.clockStepped(step)]
        }
    }

    private static func started(_ version: String, _ databases: [String], _ configuration: String?) -> Report {
        let names = databases.listed(to: 10, by: ", ")
        let source = configuration ?? "the flags and the environment"
        return Report(
            .serviceStarted, .notice, .record,
            "pgtend \(version) started for \(databases.count.counted("database")) of \(source): \(names)",
            fields: [ReportField(.version, version), ReportField(.database, Array(databases.prefix(400)))]
                + (configuration.map { [ReportField(.configuration, $0)] } ?? []))
    }

    private static func stopping(_ reason: String, _ running: Int) -> Report {
        let work = running == 0 ? "nothing is running" : "waiting for \(running.counted("run"))"
        return Report(
            .serviceStopping, .notice, .record, "stopping (\(reason)): \(work)",
            fields: [ReportField(.reason, reason), ReportField(.running, running)])
    }

    private static func reloaded(_ changes: [String]) -> Report {
        let what = changes.isEmpty ? "nothing has changed" : changes.listed(to: 10, by: "; ")
        return Report(
            .configurationReloaded, .notice, .record, "configuration reloaded: \(what)",
            fields: changes.isEmpty ? [] : [ReportField(.change, Array(changes.prefix(400)))])
    }

    private static func refused(_ problems: [String]) -> [Report] {
        let headline = Report(
            .configurationRefused, .error, .record,
            """
            configuration not reloaded, and the one in force stays: \(count(problems)); `pgtend config check` shows \
            the same before a reload
            """, fields: [ReportField(.problems, problems.count)])
        return [headline] + entries(problems)
    }

    private static func refusedToStart(_ problems: [String]) -> [Report] {
        let headline = Report(
            .startRefused, .error, .record,
            "not started, nothing was done: the configuration is not right: \(count(problems))",
            fields: [ReportField(.problems, problems.count)])
        return [headline] + entries(problems)
    }

    private static let mostProblems = 20

    private static func count(_ problems: [String]) -> String {
        let rest = problems.count > mostProblems ? ", the first \(mostProblems) of them follow" : ""
        return problems.count.counted("problem") + rest
    }

    /// A report for each problem, since journalctl shows only the message of an entry, and no remarks.
    private static func entries(_ problems: [String]) -> [Report] {
        problems.prefix(mostProblems).map { problem in
            Report(.configurationProblem, .error, .record, problem, fields: [ReportField(.problem, problem)])
        }
    }

    private static func clockStepped(_ step: Duration) -> Report {
        let what =
            step < .zero
            ? "the wall clock was set back by \((.zero - step).humanReadable)"
            : "the wall clock was set forwards by \(step.humanReadable), or the machine slept"
        return Report(
            .clockStepped, .warning, .record, "\(what): what is due has been computed anew",
            fields: [ReportField(.clockStepMicroseconds, step)])
    }
}

extension ServerFailure {
    fileprivate func report(_ database: String, _ failures: Int, _ since: Instant, _ lasting: Duration) -> Report {
        let severity = FailureSeverity(failures: failures, lasting: lasting)
        // At least an error from the first time on: a wrong password does not correct itself.
        let priority = failureClass == .authentication ? min(severity.priority, .error) : severity.priority
        let repetition =
            failures > 1 ? " since \(since.iso8601) (\(lasting.humanReadable), \(failures) failures in a row)" : ""
        return Report(
            .databaseUnavailable, priority, .record,
            "\(database) cannot be worked with\(repetition): \(sentence)", remarks: remarks,
            fields: [
                ReportField(.database, database), ReportField(.failures, failures), ReportField(.since, since),
                ReportField(.durationMicroseconds, lasting),
            ] + fields)
    }

    fileprivate func report(ofTheLedgerIn database: String) -> Report {
        Report(
            .ledgerUnavailable, .warning, .record,
            """
            \(database) has no ledger, so that only the journal records its runs, and a second service would do the \
            same work again: \(sentence)
            """, remarks: remarks, fields: [ReportField(.database, database)] + fields)
    }
}

extension TaskKind {
    fileprivate func report(
        failing failures: Int, _ since: Instant, _ lasting: Duration, _ reason: String, in database: String
    ) -> Report {
        let repetition =
            failures > 1 ? " \(failures) times in a row since \(since.iso8601) (\(lasting.humanReadable))" : ""
        return Report(
            .taskFailing, FailureSeverity(failures: failures, lasting: lasting).priority, .record,
            "\(rawValue) of \(database) failed\(repetition): \(reason)",
            fields: [
                ReportField(.database, database), ReportField(.task, rawValue), ReportField(.failures, failures),
                ReportField(.since, since), ReportField(.durationMicroseconds, lasting), ReportField(.reason, reason),
            ])
    }
}

extension FailureSeverity {
    fileprivate var priority: Priority {
        switch self {
        case .transient: .warning
        case .persistent: .error
        case .severe: .critical
        }
    }
}
