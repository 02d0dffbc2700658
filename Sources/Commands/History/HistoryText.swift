import CivilTime
import Maintenance
import Reporting

/// The runs of one database as text: a line for each run, or one run with its steps. Times are UTC.
struct HistoryText {
    private let history: DatabaseHistory

    init(_ history: DatabaseHistory) {
        self.history = history
    }

    var rendered: String {
        let database = history.database.visible
        let lines: [String] =
            switch history.content {
            case .nothing(let reason): ["\(database): \(reason.visible)"]
            case .runs(let runs):
                ["\(database) at \(history.now.dateAndTime) UTC: \(runs.count.counted("run"))"] + lines(for: runs)
            case .run(let detail): lines(for: detail)
            }
        return lines.joined(separator: "\n")
    }

    private func lines(for runs: [LedgerRun]) -> [String] {
        guard !runs.isEmpty else { return [] }
        var table = TextTable("started", "tasks", "due", "took", "state", "steps", "host", "run")
        for run in runs {
            table.add(
                run.startedAt.dateAndTime, tasks(of: run), due(of: run), took(run), run.state.rawValue,
                LedgerWords.figures(run.figures), run.owner.run.host.visible, run.runID.visible)
        }
        return table.lines(indent: "  ")
    }

    // MARK: - One run

    private func lines(for detail: LedgerRunDetail) -> [String] {
        let run = detail.run
        let owner = run.owner
        let facts = [
            ("database", detail.database), ("tasks", tasks(of: run)),
            ("due", run.due.map { "\($0.dateAndTime), attempt \(run.attempt)" } ?? "run by hand"),
            ("started", "\(run.startedAt.dateAndTime) (\(run.startedAt.relative(to: history.now)))"),
            ("took", took(run)), ("state", LedgerWords.outcome(of: run)),
            (
                "owner",
                "\(owner.application) \(owner.programVersion), pid \(owner.run.pid) on \(owner.run.host), "
                    + "session \(owner.backendPID) on the server"
            ),
        ]
        let width = 10
        var lines = ["run \(run.runID.visible)"]
        lines += facts.map { label, text in
            "  \(label)\(String(repeating: " ", count: max(1, width - label.count)))\(text.visible)"
        }
        lines += detail.refusals.map { "  refused   \($0.object): \($0.explanation); \($0.cure.labelled)".visible }
        lines += detail.heldLocks.map {
            "  held      \($0.task.rawValue) by pid \($0.pid) since \($0.since.dateAndTime)".visible
        }
        return lines + steps(detail.steps)
    }

    private func steps(_ steps: [LedgerStep]) -> [String] {
        guard !steps.isEmpty else { return [] }
        var table = TextTable("#", "outcome", "took", "waited", "tries", "step")
        for step in steps {
            let state = step.sqlState.map { " (SQLSTATE \($0))" } ?? ""
            let message = step.message.map { ": \($0)\(state)" } ?? ""
            table.add(
                String(step.number), step.outcome.rawValue, step.duration.humanReadable,
                step.lockWait == .zero ? "" : step.lockWait.humanReadable, String(step.attempts),
                (step.action + message + figures(of: step)).visible)
        }
        return [""] + table.lines(indent: "  ")
    }

    private func figures(of step: LedgerStep) -> String {
        let figures = step.figures.sorted { $0.key.rawValue < $1.key.rawValue }
        return figures.isEmpty
            ? "" : " (\(figures.map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")))"
    }

    // MARK: - Words

    private func tasks(of run: LedgerRun) -> String {
        run.tasks.count == TaskKind.allCases.count ? "all" : run.tasks.map(\.rawValue).joined(separator: ", ")
    }

    private func due(of run: LedgerRun) -> String {
        guard let due = run.due else { return "by hand" }
        return run.attempt > 1 ? "\(due.dateAndTime) #\(run.attempt)" : due.dateAndTime
    }

    private func took(_ run: LedgerRun) -> String {
        run.endedAt.map { $0.duration(since: run.startedAt).humanReadable } ?? ""
    }
}
