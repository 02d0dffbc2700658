import CivilTime
import Maintenance
import SQLText
import SystemdIO

extension RunSummary {
    /// The whole run in one report.
    var report: Report {
        let figures = RunFigures(self).sentence
        if let interruption {
            return Report(
                .runInterrupted, .warning, .record,
                "\(subject) interrupted after \(duration.forPeople) (\(interruption)): \(figures)",
                remarks: remarks, fields: fields + [ReportField(.reason, interruption)])
        }
        if let failure {
            return Report(
                .runAborted, .error, .record,
                "\(subject) gave up after \(duration.forPeople) (\(figures)): \(failure.sentence)",
                remarks: failure.remarks + remarks, fields: fields + failure.fields)
        }
        if case .completedElsewhere? = slot?.state {
            // The service says which run it was.
            return Report(
                .runFinished, .informational, .detail,
                "\(subject) ended in \(duration.forPeople): its slot had been completed by another run",
                fields: fields)
        }
        return Report(
            .runFinished, priority, .record, "\(subject) ended in \(duration.forPeople): \(figures)",
            remarks: remarks, fields: fields)
    }

    /// The tables in which a row for the present has no partition of its own, after all that the run did.
    var exhaustedRunways: [Report] {
        runways.filter(\.isExhausted).map { runway in
            let fields =
                [
                    ReportField(.runID, runID), ReportField(.database, database),
                    ReportField(.task, TaskKind.partitions.rawValue),
                    ReportField(.relation, runway.table.description), ReportField(.runwaySeconds, 0),
                ] + (slot?.fields ?? [])
            let obstacle = obstacle(before: runway.table).map { "; \($0)" } ?? ""
            if let rest = runway.defaultPartition {
                return Report(
                    .presentInDefault, .warning, .record,
                    """
                    \(runway.table) has no partition for the present: rows for now go to the DEFAULT partition \
                    \(rest)\(obstacle)
                    """, fields: fields + [ReportField(.partition, rest.description)])
            }
            return Report(
                .runwayExhausted, .critical, .record,
                "\(runway.table) has no partition for the present, and writes into it fail now\(obstacle)",
                fields: fields)
        }
    }

    /// Why the run did not give the table its partition, and the cure: it has been reported once, as what happened to
    /// one object; here it is why the application stands.
    private func obstacle(before table: RelationName) -> String? {
        if let refusal = refusals.first(where: { $0.task == .partitions && $0.object == table }) {
            return "\(refusal.explanation); cure: \(refusal.cure)"
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

    /// A run of the service does one kind of work, one by hand mostly all.
    private var subject: String {
        let isWhole = tasks.count == TaskKind.allCases.count
        return "run on \(database)" + (isWhole ? "" : " (\(tasks.map(\.rawValue).joined(separator: ", ")))")
    }

    private var priority: Priority {
        let ordinary = count(.done) > 0 ? Priority.notice : .informational
        return switch verdict {
        case .failed, .authentication, .unavailable: .error
        // The service comes back every few minutes. A refusal was reported when it was new, and a database without a
        // corpus is no mistake; a schema that is missing is.
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

    /// What was changed, by name, so that a search for a table finds the run that made it. journald refuses an
    /// entry of more than 1,024 fields, hence a limit far below that.
    private func names(_ field: ReportField.Name, _ relations: some Sequence<RelationName>) -> [ReportField] {
        let names = Set(relations).sorted().prefix(400).map(\.description)
        return names.isEmpty ? [] : [ReportField(field, names)]
    }

    /// Seconds until some table has no partition for its rows, if any table has an end in sight. DEFAULT partitions do
    /// not count.
    private var shortestRunway: Int64? {
        runways.lazy.filter { !$0.isUnbounded }.map { left(of: $0).components.seconds }.min()
    }

    /// The catalog was read when the run began; never less than nothing.
    private func left(of runway: Runway) -> Duration {
        max(.zero, (runway.remaining ?? .zero) - duration)
    }

    /// The lines below the summary, for people: what was left undone, until when writes succeed, what else was seen.
    private var remarks: [String] {
        let ends = Dictionary(grouping: runways.filter { $0.until != nil }, by: RunwayEnd.init)
        let runwayLines = ends.sorted { $0.key < $1.key }.map { end, runways in
            let left = max(.zero, end.remaining - duration).forPeople
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

    /// How many failures were not reported one by one.
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

/// Tables whose runways end alike are one line. The same numbers with and without a zone are two different moments, and
/// so are those of two zones.
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
    fileprivate var fields: [ReportField] { [ReportField(.slot, slot.due), ReportField(.attempt, attempt)] }
}

extension RunVerdict {
    /// One word for fields and JSON.
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
