import CivilTime
import Maintenance

/// The line that `systemctl status` shows of a service that is not stopping: how many databases there are, what is
/// wrong with any of them, the shortest runway, and which task is due next.
struct StatusLine {
    private let databases: [SupervisedDatabase]

    init(_ databases: [SupervisedDatabase]) {
        self.databases = databases
    }

    func text(at now: Instant) -> String {
        let count = databases.count == 1 ? "1 database" : "\(databases.count) databases"
        let parts = [count, troubles, work, runway(at: now), next(after: now)]
        return parts.compactMap(\.self).joined(separator: "; ")
    }

    private var troubles: String? {
        let unavailable = names { if case .unavailable = $0.trouble { true } else { false } }
        let standby = names { if case .standby = $0.trouble { true } else { false } }
        let failing = tasks { $0.failures.failures > 0 }
        let parts = [("not reachable", unavailable), ("standby", standby), ("failing", failing)]
        let text = parts.filter { !$0.1.isEmpty }.map { "\($0.0): \(Self.list($0.1))" }
        return text.isEmpty ? nil : text.joined(separator: "; ")
    }

    private var work: String? {
        let running = tasks { $0.running != nil }
        return running.isEmpty ? nil : "running \(Self.list(running))"
    }

    private func runway(at now: Instant) -> String? {
        let ends = databases.flatMap { database in
            database.runways.filter { !$0.isUnbounded }.map { (database.definition.name, $0) }
        }
        if let (name, exhausted) = ends.first(where: { $0.1.isExhausted }) {
            return "no partition for now: \(exhausted.table) of \(name)"
        }
        let known = databases.flatMap { database in
            database.runways.compactMap { runway in
                database.left(of: runway, at: now).map { (database.definition.name, runway.table, $0) }
            }
        }
        guard let (name, table, left) = known.min(by: { $0.2 < $1.2 }) else { return nil }
        return "runway \(left.approximate) (\(table) of \(name))"
    }

    private func next(after now: Instant) -> String? {
        let slots = databases.flatMap { database in
            database.tasks.filter { $0.running == nil }.compactMap { task in
                task.nextSlot(after: now).map { ($0, "\(task.task.rawValue) of \(database.definition.name)") }
            }
        }
        guard let (instant, what) = slots.min(by: { $0.0 < $1.0 }) else { return nil }
        return "next \(what) at \(instant.clock.prefix(19)) UTC"
    }

    private func tasks(where condition: (SupervisedTask) -> Bool) -> [String] {
        databases.flatMap { database in
            database.tasks.filter(condition).map { "\($0.task.rawValue) of \(database.definition.name)" }
        }
    }

    private func names(where condition: (SupervisedDatabase) -> Bool) -> [String] {
        databases.filter(condition).map(\.definition.name)
    }

    /// The first three, and how many more there are.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
    }
}
