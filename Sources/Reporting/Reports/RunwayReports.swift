import CivilTime
import Maintenance
import SQLText
import SystemdIO

extension RunSummary {
    /// A report for each table that is short of partitions after the run, by every run while it is.
    var runwayReports: [Report] {
        runways.compactMap { runway in
            let level = runway.level(after: duration)
            guard level != .ample else { return nil }
            let fields =
                [
                    ReportField(.runID, runID), ReportField(.database, database),
                    ReportField(.task, TaskKind.partitions.rawValue),
                    ReportField(.relation, runway.table.description),
                    ReportField(.runwaySeconds, left(of: runway).components.seconds),
                ] + (slot?.fields ?? [])
            let obstacle = obstacle(before: runway.table) ?? (runway.isExhausted ? nil : RunwayWords.promisesNoMore)
            let sentence = RunwayWords.sentence(about: runway, after: duration) + (obstacle.map { "; \($0)" } ?? "")
            if !runway.isExhausted { return Report(.runwayShort, level.priority, .record, sentence, fields: fields) }
            let rest = runway.defaultPartition.map { [ReportField(.partition, $0.description)] } ?? []
            return Report(
                rest.isEmpty ? .runwayExhausted : .presentInDefault, level.priority, .record, sentence,
                fields: fields + rest)
        }
    }

    /// What remains of a runway now: it was computed when the run began. Never negative.
    func left(of runway: Runway) -> Duration {
        max(.zero, (runway.remaining ?? .zero) - duration)
    }

    /// Why the run did not create the missing partition of a table, and the cure. It has been reported for the step or
    /// the refusal already, and is repeated where the report says that there is little time left.
    private func obstacle(before table: RelationName) -> String? {
        if let refusal = refusals.first(where: { $0.task == .partitions && $0.object == table }) {
            return "\(refusal.explanation); \(refusal.cure.labelled)"
        }
        for report in reports where report.step.kind == .createPartition && report.step.object == table {
            switch report.outcome {
            case .failed(let failure): return "making one failed: \(failure.sentence)"
            case .postponed(_, let blockers): return "making one was postponed\(blockers.sentence)"
            case .interrupted(let reason): return "making one was not done: \(reason)"
            case .done, .superseded: continue
            }
        }
        return nil
    }
}

/// Wording about runways, which the reports of a run, `plan` and `status` share.
package enum RunwayWords {
    /// Of a short runway to which nothing is to be added.
    package static let promisesNoMore =
        "premake promises no more: raise it, or lower partitions.runway in the configuration"

    /// What there is until when, or what happens for lack of it.
    package static func sentence(about runway: Runway, after elapsed: Duration = .zero) -> String {
        guard let until = runway.until, let remaining = runway.remaining else {
            let rest = runway.defaultPartition.map {
                "rows for now go to the DEFAULT partition \($0), where they keep one from being made"
            }
            return "\(runway.table) has no partition for the present: \(rest ?? "writes into it fail now")"
        }
        let left = max(.zero, remaining - elapsed).approximate
        return "\(runway.table) has partitions for \(left) only, until \(runway.isZoned ? until.iso8601 : until.clock)"
    }
}

extension RunwayLevel {
    fileprivate var priority: Priority {
        switch self {
        case .ample: .informational
        case .warning: .warning
        case .pressing: .error
        case .critical: .critical
        }
    }
}
