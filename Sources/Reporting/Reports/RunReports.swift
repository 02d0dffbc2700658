import CivilTime
import Maintenance
import SystemdIO

extension RunSummary {
    /// The whole run in one report.
    var report: Report {
        let figures = RunFigures(self).sentence
        if let interruption {
            return Report(
                .runInterrupted, .warning, .record,
                "run on \(database) interrupted after \(duration.forPeople) (\(interruption)): \(figures)",
                remarks: remarks, fields: fields + [ReportField(.reason, interruption)])
        }
        if let failure {
            return Report(
                .runAborted, .error, .record,
                "run on \(database) gave up after \(duration.forPeople) (\(figures)): \(failure.sentence)",
                remarks: failure.remarks + remarks, fields: fields + failure.fields)
        }
        return Report(
            .runFinished, priority, .record, "run on \(database) ended in \(duration.forPeople): \(figures)",
            remarks: remarks, fields: fields)
    }

    /// The tables into which no row for the present fits, after all that the run did.
    var exhaustedRunways: [Report] {
        runways.filter(\.isExhausted).map { runway in
            Report(
                .runwayExhausted, .critical, .record,
                """
                \(runway.table) has no partition for the present: writes into it fail now, unless it has a DEFAULT \
                partition
                """,
                fields: [
                    ReportField(.runID, runID), ReportField(.database, database),
                    ReportField(.task, TaskKind.partitions.rawValue),
                    ReportField(.relation, runway.table.description), ReportField(.runwaySeconds, 0),
                ])
        }
    }

    private var priority: Priority {
        switch verdict {
        case .failed, .authentication, .unavailable: .error
        case .nothingToTend, .postponed, .refused, .held, .interrupted: .warning
        case .done: count("done") > 0 ? .notice : .informational
        }
    }

    private var fields: [ReportField] {
        [
            ReportField(.runID, runID), ReportField(.database, database), ReportField(.task, tasks.map(\.rawValue)),
            ReportField(.outcome, verdict.word), ReportField(.durationMicroseconds, duration),
            ReportField(.steps, reports.count), ReportField(.done, count("done")),
            ReportField(.superseded, count("superseded")), ReportField(.postponed, count("postponed")),
            ReportField(.failed, count("failed")), ReportField(.interrupted, count("interrupted")),
            ReportField(.refused, refusals.count), ReportField(.findings, findings.count),
        ] + names(.relation, reports.lazy.filter { $0.outcome == .done }.map(\.step.object))
            + names(.partition, reports.lazy.filter { $0.outcome == .done }.compactMap(\.step.partition))
            + (shortestRunway.map { [ReportField(.runwaySeconds, $0)] } ?? [])
    }

    /// What was changed, by name, so that a search for a table finds the run that made it. journald refuses an
    /// entry of more than 1,024 fields, hence a limit far below that.
    private func names(_ field: ReportField.Name, _ relations: some Sequence<RelationName>) -> [ReportField] {
        let names = Set(relations).sorted().prefix(400).map(\.description)
        return names.isEmpty ? [] : [ReportField(field, names)]
    }

    private var endedAt: Instant { startedAt.adding(microseconds: duration.microseconds) }

    /// Seconds until writes into some table fail, if any table has an end in sight.
    private var shortestRunway: Int64? {
        runways.lazy.filter { !$0.isUnbounded }.map { runway in
            runway.until.map { max(0, $0.seconds(since: endedAt)) } ?? 0
        }.min()
    }

    /// The lines below the summary, for people: what was left undone, until when writes succeed, what else was seen.
    private var remarks: [String] {
        let ends = Dictionary(grouping: runways.filter { !$0.isUnbounded && $0.until != nil }) { $0.until }
        let runwayLines = ends.sorted { ($0.key?.microseconds ?? 0) < ($1.key?.microseconds ?? 0) }.compactMap {
            (until, runways) -> String? in
            guard let until, let first = runways.first else { return nil }
            let moment = first.isZoned ? until.iso8601 : until.clock
            let left = Duration.microseconds(max(0, until.microseconds - endedAt.microseconds))
            return "writes succeed until \(moment) (\(left.forPeople)): \(listed(runways.map(\.table.description)))"
        }
        let undone = reports.compactMap { report -> String? in
            guard case .interrupted(let reason) = report.outcome else { return nil }
            return "not done: \(report.step): \(reason)"
        }
        return limited(undone, to: 10) + runwayLines + limited(findings.map { "\($0.object): \($0.message)" })
    }

    private func listed(_ names: [String]) -> String {
        limited(names.sorted(), to: 10).joined(separator: ", ")
    }

    private func limited(_ lines: [String], to limit: Int = 20) -> [String] {
        lines.count > limit ? lines.prefix(limit) + ["and \(lines.count - limit) more"] : lines
    }
}

extension Runway {
    fileprivate var isExhausted: Bool { until == nil && !isUnbounded }
}

extension PlanStep {
    fileprivate var partition: RelationName? {
        if case .createPartition(let step) = self { step.partition } else { nil }
    }
}

extension RunVerdict {
    /// One word for fields and JSON.
    fileprivate var word: String {
        switch self {
        case .done: "done"
        case .nothingToTend: "nothing_to_tend"
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
