import Maintenance

extension MaintenanceEvent {
    /// - Parameter namingDatabases: whether each line names its database: those of others are beside it.
    package func reports(namingDatabases: Bool) -> [Report] {
        namingDatabases ? reports.map(\.namingDatabase) : reports
    }

    /// The reports of this event, in the order in which they are to be read.
    package var reports: [Report] {
        switch self {
        case .runStarted(let runID, let database, let tasks):
            let names = tasks.map(\.rawValue)
            return [
                Report(
                    .runStarted, .debug, .progress, "run on \(database) started: \(names.joined(separator: ", "))",
                    fields: [ReportField(.runID, runID), ReportField(.database, database), ReportField(.task, names)])
            ]
        case .planned(let runID, let database, let steps):
            return [
                Report(
                    .runPlanned, .debug, .progress, "run on \(database) has \(steps.counted("step"))",
                    fields: [ReportField(.runID, runID), ReportField(.database, database), ReportField(.steps, steps)])
            ]
        case .runLockHeld(let runID, let database, let held):
            return [held.report(runID: runID, database: database)]
        case .refused(let runID, let database, let refusal):
            return [refusal.report(runID: runID, database: database)]
        case .stepStarted(let runID, let database, let step, let index, let count):
            return [
                Report(
                    .stepStarted, .debug, .progress, "step \(index) of \(count): \(step)",
                    fields: step.fields(runID: runID, database: database) + [
                        ReportField(.step, index), ReportField(.steps, count),
                    ])
            ]
        case .stepRetried(let runID, let database, let step, let attempt, let delay, let blockers):
            // A detail only: if no try succeeds, the report of the postponement names the blocking sessions.
            return [
                Report(
                    .stepRetried, .informational, .detail,
                    "try \(attempt) met a lock, next in \(delay.humanReadable): \(step)\(blockers.sentence)",
                    fields: step.fields(runID: runID, database: database) + [
                        ReportField(.attempt, attempt), ReportField(.retryDelayMicroseconds, delay),
                    ] + blockers.fields)
            ]
        case .stepFinished(let runID, let database, let report):
            return [report.report(runID: runID, database: database)]
        case .runFinished(let summary):
            return summary.runwayReports + [summary.report]
        case .service(let event):
            return event.reports
        }
    }
}

extension HeldRunLock {
    /// Who holds it, and since when.
    var holder: String {
        "pid \(pid) (\(SessionOwner(user: user, application: application))) from \(client) since \(since.iso8601)"
    }

    var fields: [ReportField] { [ReportField(.blockedByPID, [pid]), ReportField(.application, [application])] }

    fileprivate func report(runID: String, database: String) -> Report {
        Report(
            .runLockHeld, .warning, .record,
            "\(task.rawValue) of \(database) left alone: another run holds them, \(holder)",
            fields: [
                ReportField(.runID, runID), ReportField(.database, database), ReportField(.task, task.rawValue),
                ReportField(.outcome, "held"),
            ] + fields)
    }
}

extension Refusal {
    fileprivate func report(runID: String, database: String) -> Report {
        Report(
            .objectRefused, .warning, .record, "\(object) is not tended: \(explanation); \(cure.labelled)",
            fields: [
                ReportField(.runID, runID), ReportField(.database, database), ReportField(.task, task.rawValue),
                ReportField(.relation, object.description), ReportField(.outcome, "refused"),
                ReportField(.refusal, reason.rawValue), ReportField(.cure, cure.description),
            ])
    }
}
