import CivilTime
import Maintenance
import SQLText
import SystemdIO

extension RunSummary {
    /// The summary of the run as one report.
    var report: Report {
        let figures = RunFigures(self).sentence
        if let interruption {
            return Report(
                .runInterrupted, .warning, .record,
                "\(subject) interrupted after \(duration.humanReadable) (\(interruption)): \(figures)",
                remarks: remarks, fields: fields + [ReportField(.reason, interruption)])
        }
        if let failure {
            return Report(
                .runAborted, abortedPriority, .record,
                "\(subject) gave up after \(duration.humanReadable) (\(figures)): \(failure.sentence)",
                remarks: failure.remarks + remarks, fields: fields + failure.fields)
        }
        if case .completedElsewhere? = slot?.state {
            // The service reports which run completed it.
            return Report(
                .runFinished, .informational, .detail,
                "\(subject) ended in \(duration.humanReadable): its slot had been completed by another run",
                fields: fields)
        }
        return Report(
            .runFinished, priority, .record, "\(subject) ended in \(duration.humanReadable): \(figures)",
            remarks: remarks, fields: fields)
    }

    /// Names the tasks unless the run does all of them: a run of the service does only one.
    private var subject: String {
        let isWhole = tasks.count == TaskKind.allCases.count
        return "run on \(database)" + (isWhole ? "" : " (\(tasks.map(\.rawValue).joined(separator: ", ")))")
    }

    /// What the service says of the database rises with time; this has only just begun.
    private var abortedPriority: Priority {
        if slot != nil, let failure, failure.isOfDatabase, failure.failureClass != .authentication { return .warning }
        return .error
    }

    private var priority: Priority {
        let ordinary = count(.done) > 0 ? Priority.notice : .informational
        return switch verdict {
        case .failed, .authentication, .unavailable: .error
        // The service runs every few minutes. A refusal has its own report, and a database without, say, a corpus is no
        // mistake; a missing schema is one.
        case .refused where slot != nil && missingSchemas.isEmpty: ordinary
        case .nothingToMaintain where slot != nil && missingSchemas.isEmpty: ordinary
        case .nothingToMaintain, .postponed, .refused, .held, .interrupted: .warning
        case .done: ordinary
        }
    }

    private var fields: [ReportField] {
        [
            ReportField(.runID, runID), ReportField(.database, database), ReportField(.task, tasks.map(\.rawValue)),
            ReportField(.outcome, verdict.word), ReportField(.durationMicroseconds, duration),
            ReportField(.steps, reports.count), ReportField(.done, count(.done)),
            ReportField(.superseded, count(.superseded)), ReportField(.postponed, count(.postponed)),
            ReportField(.failed, count(.failed)), ReportField(.interrupted, count(.interrupted)),
            ReportField(.refused, refusals.count), ReportField(.findings, findings.count),
        ] + names(.relation, reports.lazy.filter { $0.outcome == .done }.map(\.step.object))
            + names(.partition, reports.lazy.filter { $0.outcome == .done }.compactMap(\.step.partition))
            + (slot?.fields ?? [])
            + (shortestRunway.map { [ReportField(.runwaySeconds, $0)] } ?? [])
            + (missingSchemas.isEmpty ? [] : [ReportField(.cure, MissingSchemas.cure)])
    }

    /// The names of what was changed, so that a search for a table finds the run that changed it. journald rejects an
    /// entry of more than 1,024 fields, hence the limit.
    private func names(_ field: ReportField.Name, _ relations: some Sequence<RelationName>) -> [ReportField] {
        let names = Set(relations).sorted().prefix(400).map(\.description)
        return names.isEmpty ? [] : [ReportField(field, names)]
    }

    /// Seconds until the first table has no partition for new rows; nil if all partitions are unbounded. DEFAULT
    /// partitions do not count.
    private var shortestRunway: Int64? {
        runways.lazy.filter { !$0.isUnbounded }.map { left(of: $0).components.seconds }.min()
    }

    /// The lines below the summary: what was not done, until when writes succeed, and the findings.
    private var remarks: [String] {
        let ends = Dictionary(grouping: runways.filter { $0.until != nil }, by: RunwayEnd.init)
        let runwayLines = ends.sorted { $0.key < $1.key }.map { end, runways in
            let left = max(.zero, end.remaining - duration).approximate
            return "writes succeed until \(end.moment) (\(left)): \(listed(runways.map(\.table.description)))"
        }
        let undone = reports.compactMap { report -> String? in
            guard case .interrupted(let reason) = report.outcome else { return nil }
            return "not done: \(report.step): \(reason)"
        }
        let schemas = missingSchemas.map { "schema \($0) does not exist; cure: \(MissingSchemas.cure)" }
        let seen = findings.map { "\($0.object): \($0.message)" }
        return schemas + repeatedFailures + limited(undone, to: 10) + runwayLines + limited(seen)
    }

    /// The failures that ``RepetitionLimit`` kept out of the log, counted.
    private var repeatedFailures: [String] {
        let alike = Dictionary(grouping: reports.compactMap(RepetitionLimit.Failure.init)) { $0 }
        return alike.filter { $0.value.count > RepetitionLimit.limit }.map { failure, all in
            let state = failure.sqlState.map { " with SQLSTATE \($0)" } ?? ""
            let rest = all.count - RepetitionLimit.limit
            return "\(rest) more \(rest == 1 ? "step" : "steps") of \(failure.task.rawValue) failed\(state)"
        }.sorted()
    }

    private func listed(_ names: [String]) -> String {
        limited(names.sorted(), to: 10).joined(separator: ", ")
    }

    private func limited(_ lines: [String], to limit: Int = 20) -> [String] {
        lines.count > limit ? lines.prefix(limit) + ["and \(lines.count - limit) more"] : lines
    }
}

/// When runways end; tables with equal ends share a line. The same date and time with and without a zone, or in two
/// zones, are different ends.
private struct RunwayEnd: Hashable, Comparable {
    let remaining: Duration
    let moment: String

    init(_ runway: Runway) {
        remaining = runway.remaining ?? .zero
        moment = runway.until.map { runway.isZoned ? $0.iso8601 : $0.clock } ?? ""
    }

    static func < (left: RunwayEnd, right: RunwayEnd) -> Bool {
        (left.remaining, left.moment) < (right.remaining, right.moment)
    }
}

extension SlotReport {
    var fields: [ReportField] { [ReportField(.slot, slot.due), ReportField(.attempt, attempt)] }
}

extension RunVerdict {
    /// The value of the field `outcome`.
    fileprivate var word: String {
        switch self {
        case .done: "done"
        case .nothingToMaintain: "nothing_to_tend"
        case .postponed: "postponed"
        case .refused: "refused"
        case .held: "held"
        case .failed: "failed"
        case .interrupted: "interrupted"
        case .authentication: "authentication"
        case .unavailable: "unavailable"
        }
    }
}

/// Wording about watched schemas that do not exist, which `plan`, `run` and `status` share.
package enum MissingSchemas {
    package static let cure =
        "create it, or name the schemas to watch: --schema NAME, PGTEND_SCHEMAS, or schemas: in the configuration"
}
