import Maintenance
import SQLText
import SystemdIO

extension PlanStep {
    /// The fields that identify the step in every report about it.
    func fields(runID: String, database: String) -> [ReportField] {
        let common = [
            ReportField(.runID, runID), ReportField(.database, database), ReportField(.task, task.rawValue),
            ReportField(.relation, object.description),
        ]
        return common + attributes.compactMap(\.field)
    }

    /// The partition that the step creates; nil for other actions.
    package var partition: RelationName? {
        for case .partition(let partition) in attributes { return partition }
        return nil
    }
}

extension StepAttribute {
    /// nil for attributes that are shown only in a plan.
    fileprivate var field: ReportField? {
        switch self {
        case .partition(let partition): ReportField(.partition, partition.description)
        case .tenant(let tenant): ReportField(.tenant, tenant)
        case .bounds, .mode: nil
        }
    }
}

extension StepReport {
    /// The report of how the step ended.
    func report(runID: String, database: String) -> Report {
        let fields =
            step.fields(runID: runID, database: database) + [
                ReportField(.outcome, outcome.word), ReportField(.durationMicroseconds, duration),
                ReportField(.lockWaitMicroseconds, lockWait), ReportField(.attempt, attempt),
            ]
        switch outcome {
        case .done:
            return Report(
                .stepDone, .notice, .detail, "done in \(duration.humanReadable)\(tries): \(step)", remarks: remarks,
                fields: fields)
        case .superseded(let reason):
            return Report(
                .stepSuperseded, .informational, .detail, "no longer needed: \(step): \(reason)", remarks: remarks,
                fields: fields + [ReportField(.reason, reason)])
        case .postponed(let tries, let blockers):
            let how =
                blockers.contains(where: \.isWaiting)
                ? "gave way after \(duration.humanReadable), and is postponed"
                : "postponed after \(tries.counted("try", "tries")) and \(lockWait.humanReadable) of waiting for locks"
            return Report(
                .stepPostponed, .warning, .record, "\(how): \(step)\(blockers.sentence)", remarks: remarks,
                fields: fields + blockers.fields)
        case .failed(let failure):
            return Report(
                .stepFailed, .error, isRepetition ? .progress : .record, "failed: \(step): \(failure.sentence)",
                remarks: failure.remarks + remarks, fields: fields + failure.fields)
        case .interrupted(let reason):
            // Not for the log: a thousand steps may not have begun. The summary lists the first ones.
            return Report(
                .stepInterrupted, .informational, .progress,
                "not done: \(step): \(reason)", remarks: remarks, fields: fields + [ReportField(.reason, reason)])
        }
    }

    private var tries: String {
        attempt > 1 ? " at try \(attempt), \(lockWait.humanReadable) of it waiting for locks" : ""
    }

    private var remarks: [String] { notices.map { "the server: \($0)" } }
}

extension ServerFailure {
    /// What happened, with its SQLSTATE, and the cure; without a cure, the server's hint.
    var sentence: String {
        if let cure { return "\(self); \(cure.labelled)" }
        return hint.map { "\(self); hint: \($0)" } ?? description
    }

    /// The parts that `sentence` leaves out.
    var remarks: [String] {
        [detail.map { "detail: \($0)" }, cure == nil ? nil : hint.map { "hint: \($0)" }].compactMap(\.self)
    }

    var fields: [ReportField] {
        [ReportField(.failureClass, failureClass.rawValue)]
            + (sqlState.map { [ReportField(.sqlState, $0.rawValue)] } ?? [])
            + (detail.map { [ReportField(.detail, $0)] } ?? [])
            + (hint.map { [ReportField(.hint, $0)] } ?? [])
            + (cure.map { [ReportField(.cure, $0.description)] } ?? [])
    }
}

extension [Blocker] {
    /// The blocking sessions, to be appended to a sentence; empty if none was seen.
    var sentence: String {
        isEmpty ? "" : "; " + map(\.description).joined(separator: "; ")
    }

    var fields: [ReportField] {
        isEmpty
            ? []
            : [
                ReportField(.blockedByPID, map(\.pid)),
                ReportField(.application, map(\.application)),
            ]
    }
}
