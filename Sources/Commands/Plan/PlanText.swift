import CivilTime
import Maintenance
import Reporting

/// A plan for people: table by table what was found, what would be done and why, and who would wait for it.
struct PlanText {
    private let database: PlannedDatabase
    private var plan: Plan { database.plan }

    init(_ database: PlannedDatabase) {
        self.database = database
    }

    var rendered: String {
        var lines = ["plan for \(plan.database.visible) at \(plan.takenAt)"]
        lines += partitions + views + statistics
        if plan.objectsInView == 0 {
            let schemas = database.schemas.map(\.visible).joined(separator: ", ")
            lines.append(
                "  nothing to tend: no range-partitioned table, no materialized view and no corpus in schema \(schemas)")
        }
        lines.append(conclusion)
        return lines.joined(separator: "\n")
    }

    private var conclusion: String {
        let counts = TaskKind.allCases.compactMap { kind -> String? in
            let count = plan.steps.count { $0.kind == kind }
            return count == 0 ? nil : "\(count) of \(kind)"
        }
        let refused = plan.refusals.isEmpty ? "" : "; \(plan.refusals.count) refused"
        if counts.isEmpty { return "nothing to do\(refused)" }
        return "\(plan.steps.count) steps (\(counts.joined(separator: ", ")))\(refused)"
    }

    // MARK: - Sections

    private var partitions: [String] {
        let objects =
            plan.inferences.map(\.object) + plan.refusals.filter { $0.task == .partitions }.map(\.object)
            + plan.runways.map(\.table)
        guard !objects.isEmpty else { return [] }
        return ["partitions"]
            + Set(objects).sorted().flatMap { table -> [String] in
                let runway = plan.runways.first { $0.table == table }
                return ["  \(table.description.visible)" + (runway.map { ": \(words(for: $0))" } ?? "")]
                    + plan.inferences.filter { $0.object == table }.map { "    \($0.message.visible)" }
                    + plan.findings.filter { $0.task == .partitions && $0.object == table }
                    .map { "    note: \($0.message.visible)" }
                    + steps(.partitions, about: table) + refusals(.partitions, about: table)
            }
    }

    private var views: [String] {
        let steps = steps(.views, about: nil)
        let refused = refusals(.views, about: nil)
        return steps.isEmpty && refused.isEmpty ? [] : ["views"] + steps + refused
    }

    /// A line for each corpus: a thousand tenants are not a thousand lines, unless their SQL is asked for.
    private var statistics: [String] {
        let updates = plan.steps.compactMap { step -> UpdateStatistics? in
            if case .updateStatistics(let update) = step { update } else { nil }
        }
        let refused = refusals(.statistics, about: nil)
        guard !updates.isEmpty || !refused.isEmpty else { return [] }
        if database.sql != nil { return ["statistics"] + steps(.statistics, about: nil) + refused }
        let byTarget = Dictionary(grouping: updates, by: \.corpus.target)
        return ["statistics"]
            + byTarget.sorted { $0.key < $1.key }.flatMap { target, updates -> [String] in
                guard let first = updates.first else { return [] }
                return [
                    "  update \(target.description.visible) from \(first.corpus.source.description.visible) "
                        + "for \(updates.count) tenants, a transaction each", "      because \(first.reason)",
                ] + first.locks.map(words(for:))
            } + refused
    }

    // MARK: - Lines

    private func steps(_ kind: TaskKind, about object: RelationName?) -> [String] {
        plan.steps.enumerated().flatMap { index, step -> [String] in
            guard step.kind == kind, object == nil || step.object == object else { return [] }
            let sql = database.sql.map { $0[index].flatMap(indented) } ?? []
            let indent = object == nil ? "  " : "    "
            return ["\(indent)\(step.description.visible)", "      because \(step.reason.visible)"]
                + step.locks.map(words(for:)) + sql
        }
    }

    private func refusals(_ kind: TaskKind, about object: RelationName?) -> [String] {
        plan.refusals.filter { $0.task == kind && (object == nil || $0.object == object) }.flatMap { refusal in
            [
                "    refused \(refusal.object.description.visible): \(refusal.explanation.visible)",
                "      what to do: \(refusal.cure.visible)",
            ]
        }
    }

    private func words(for lock: LockRequirement) -> String {
        "      lock \(lock.mode.rawValue) on \(lock.relation.description.visible): \(lock.mode.effect)"
    }

    /// SQL can be pasted into psql: it is not escaped, only indented.
    private func indented(_ statement: String) -> [String] {
        statement.split(separator: "\n", omittingEmptySubsequences: false).map { "        \($0)" }
    }

    private func words(for runway: Runway) -> String {
        if runway.isUnbounded { return "writes succeed without end" }
        guard let until = runway.until else { return "writes for now have no partition" }
        let left = Duration.microseconds(until.microseconds - plan.takenAt.microseconds)
        return "writes succeed until \(runway.isZoned ? until.description : until.clock) (\(left.forPeople))"
    }
}
