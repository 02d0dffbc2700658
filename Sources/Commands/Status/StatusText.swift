import CivilTime
import Maintenance
import Reporting

/// The status of a database as text that fits on a screen: what needs attention first. Times are UTC.
struct StatusText {
    /// How many tables and how many views are listed; those that need attention come first.
    private static let limit = 10

    private let status: DatabaseStatus

    init(_ status: DatabaseStatus) {
        self.status = status
    }

    var rendered: String {
        let sections = [tasks, runways, views].filter { !$0.isEmpty }
        return ([headline] + sections).map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var headline: [String] {
        let troubles = status.troubles
        let verdict =
            troubles.isEmpty
            ? (status.isWhole ? "all is well" : "nothing needs attention now")
            : "\(troubles.count.counted("thing needs", "things need")) attention"
        return ["\(status.database.visible) at \(status.now.dateAndTime) UTC: \(verdict)"]
            + troubles.map { "  ! \($0)" } + status.notes.map { "  - \($0)" }
    }

    // MARK: - Tasks

    private var tasks: [String] {
        var table = TextTable("task", "schedule", "last run", "next due")
        for task in status.tasks {
            let next = task.next.map { "\($0.relative(to: status.now)), \($0.dateAndTime)" } ?? "never"
            table.add(task.task.rawValue, "\(task.schedule.schedule)", lastRun(of: task), next)
        }
        return table.lines(indent: "  ")
    }

    private func lastRun(of task: TaskStatus) -> String {
        if let running = task.running {
            let owner = running.owner.run
            return "at work for \(status.now.duration(since: owner.startedAt).approximate), pid \(owner.pid) on "
                + owner.host.visible
        }
        guard let run = task.lastRun else { return status.ledgerAbsence == nil ? "never" : "unknown" }
        return "\(run.startedAt.relative(to: status.now)): \(LedgerWords.outcome(of: run))"
    }

    // MARK: - Objects

    private var runways: [String] {
        guard !status.runways.isEmpty else { return [] }
        var table = TextTable("table", "runway", "writes succeed until")
        for runway in status.runways {
            let (left, until) = words(for: runway)
            table.add(runway.table.description.visible, left, until)
        }
        return table.lines(indent: "  ", first: Self.limit)
    }

    private func words(for runway: Runway) -> (left: String, until: String) {
        if runway.isUnbounded { return ("without end", "") }
        guard let until = runway.until else {
            return ("0", runway.defaultPartition.map { "into \($0)".visible } ?? "they fail now")
        }
        return (
            runway.remaining.map(\.approximate) ?? "", runway.isZoned ? "\(until.dateAndTime)+00" : until.dateAndTime
        )
    }

    private var views: [String] {
        guard !status.views.isEmpty else { return [] }
        var table = TextTable("view", "refreshed", "", "took")
        for view in status.views {
            let name = view.view.description.visible
            if let refresh = view.refresh {
                let moment = refresh.startedAt
                table.add(
                    name, moment.relative(to: status.now), moment.dateAndTime, refresh.duration.humanReadable)
            } else {
                table.add(name, "never", "", "")
            }
        }
        return table.lines(indent: "  ", first: Self.limit)
    }
}
