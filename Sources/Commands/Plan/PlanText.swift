import CivilTime
import Maintenance
import Reporting
import SQLText

/// A plan as text: for each object what was found, what would be done, why, and with which locks. The effects of the
/// lock modes on other sessions are explained once, at the end.
struct PlanText {
    private let database: PlannedDatabase
    private var plan: Plan { database.plan }

    init(_ database: PlannedDatabase) {
        self.database = database
    }

    var rendered: String {
        let sections = (TaskKind.allCases.map(section) + [missingSchemas, locks]).filter { !$0.isEmpty }
        let paragraphs = [[PlanWords.title(of: plan)]] + sections + [[PlanWords.conclusion(of: database)]]
        return paragraphs.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private func section(of task: TaskKind) -> [String] {
        switch task {
        case .views: views
        case .statistics: statistics
        default: objects(of: task)
        }
    }

    // MARK: - Objects

    /// An object that needs nothing is one line: its runway, or what was inferred about it.
    private func objects(of task: TaskKind) -> [String] {
        let inferences = plan.inferences.filter { $0.task == task }
        let refusals = plan.refusals.filter { $0.task == task }
        let runways = task == .partitions ? plan.runways : []
        let notes = plan.findings.filter { $0.task == task }
        let objects = Set((inferences + notes).map(\.object) + refusals.map(\.object) + runways.map(\.table)).sorted()
        guard !objects.isEmpty else { return [] }
        let width = Self.column(objects.map(\.description.visible))
        return [task.rawValue]
            + objects.flatMap { object -> [String] in
                let inferred = inferences.filter { $0.object == object }.map(\.message)
                let state =
                    task == .partitions
                    ? runways.first { $0.table == object }.map(words(for:)) ?? ""
                    : inferred.joined(separator: "; ").visible
                let grid = task == .partitions ? inferred : []
                return [line("  " + padded(object.description.visible, to: width) + state)]
                    + details(of: object, task, grid, refused: refusals.filter { $0.object == object })
            }
    }

    private func details(
        of object: RelationName, _ task: TaskKind, _ grid: [String], refused refusals: [Refusal]
    ) -> [String] {
        let steps = plan.steps.filter { $0.task == task && $0.object == object }
        let notes = plan.findings.filter { $0.task == task && $0.object == object }.map(\.message)
        guard !steps.isEmpty || !refusals.isEmpty || !notes.isEmpty else { return [] }
        let width = Self.column(steps.map { ($0.partition ?? $0.object).description.visible })
        return grid.map { labelled("grid", $0) } + notes.map { labelled("note", $0) }
            + steps.map { step in
                let name = padded((step.partition ?? step.object).description.visible, to: width)
                let bounds = step.bounds.map { "[\($0.lower), \($0.upper))  " } ?? ""
                return labelled(ActionWords(step.kind).verb, "\(name)\(bounds)\(step.reason)")
            }
            + labelledLocks(distinctLocks(of: steps)) + refusals.flatMap { labelled($0) }
    }

    /// In the order in which they are taken. Steps on the same table mostly take the same locks.
    private func distinctLocks(of steps: [PlanStep]) -> [LockRequirement] {
        var seen: Set<LockRequirement> = []
        return steps.flatMap(\.locks).filter { seen.insert($0).inserted }
    }

    private func words(for runway: Runway) -> String {
        if runway.isUnbounded { return "writes succeed without end" }
        if let rest = runway.defaultPartition { return "rows for now go to the DEFAULT partition \(rest)".visible }
        guard let until = runway.until else { return "no partition for the present: writes fail now" }
        let left = runway.remaining.map { " (\($0.approximate))" } ?? ""
        return "writes succeed until \(runway.isZoned ? until.description : until.clock)\(left)"
    }

    // MARK: - Views

    /// In the order of execution. Consecutive views that are refreshed in the same way for the same reason share a
    /// line.
    private var views: [String] {
        let steps = plan.steps.filter { $0.task == .views }
        let refusals = plan.refusals.filter { $0.task == .views }
        guard !steps.isEmpty || !refusals.isEmpty else { return [] }
        var lines = ["views"]
        for (index, step) in steps.enumerated() {
            lines.append("  \(step.object.description.visible)")
            let notes = plan.findings.filter { $0.task == .views && $0.object == step.object }.map(\.message)
            lines += notes.map { labelled("note", $0) }
            let next = index + 1 < steps.count ? steps[index + 1] : nil
            if let next, next.kind == step.kind, next.attributes == step.attributes, next.reason == step.reason {
                continue
            }
            let mode = step.refreshView.map { "\(Self.words(for: $0.mode)): " } ?? ""
            lines.append(labelled(ActionWords(step.kind).verb, mode + step.reason))
            lines += step.locks.map { labelled("lock", "\($0.mode.rawValue) on the view") }
        }
        return lines + objects(refused: refusals)
    }

    private static func words(for mode: RefreshView.Mode) -> String {
        switch mode {
        case .concurrent: "concurrently"
        case .initial: "for the first time"
        case .blocking: "while its readers wait"
        }
    }

    // MARK: - Statistics

    /// One paragraph for each corpus and action, since a corpus may have a thousand tenants.
    private var statistics: [String] {
        let steps = plan.steps.filter { $0.task == .statistics }
        let refusals = plan.refusals.filter { $0.task == .statistics }
        guard !steps.isEmpty || !refusals.isEmpty else { return [] }
        let paragraphs = Dictionary(grouping: steps) { Paragraph(target: $0.object, kind: $0.kind) }
        return ["statistics"]
            + paragraphs.sorted { $0.key < $1.key }.flatMap { paragraph, steps -> [String] in
                guard let first = steps.first else { return [] }
                let words = ActionWords(paragraph.kind)
                let source = first.updateStatistics.map { "from \($0.corpus.source): " } ?? ""
                let work = "\(source)\(words.counted(steps.count)), a transaction each"
                return ["  \(paragraph.target.description.visible)", labelled(words.verb, work)]
                    + [labelled("why", first.reason)] + labelledLocks(first.locks)
            } + objects(refused: refusals)
    }

    private struct Paragraph: Hashable, Comparable {
        let target: RelationName
        let kind: ActionKind

        static func < (left: Paragraph, right: Paragraph) -> Bool {
            (left.target, left.kind.rawValue) < (right.target, right.kind.rawValue)
        }
    }

    // MARK: - The rest

    private var missingSchemas: [String] {
        guard !plan.missingSchemas.isEmpty else { return [] }
        return ["schemas"] + plan.missingSchemas.map { "  \($0.visible)  does not exist" }
            + [labelled("cure", MissingSchemas.cure)]
    }

    /// The effects of the lock modes on other sessions, and the limits of waiting for locks.
    private var locks: [String] {
        let modes = Set(plan.steps.flatMap(\.locks).map(\.mode))
        guard let limits = plan.steps.first?.limits else { return [] }
        let width = Self.column(modes.map(\.rawValue))
        return [
            "locks: a step gives up after \(limits.lockDeadline.humanReadable) of waiting for them, "
                + "and is tried \(limits.tries.counted("time"))"
        ] + LockMode.allCases.filter(modes.contains).map { "  \(padded($0.rawValue, to: width))\($0.effect)" }
    }

    // MARK: - Lines

    private func objects(refused refusals: [Refusal]) -> [String] {
        refusals.flatMap { ["  \($0.object.description.visible)"] + labelled($0) }
    }

    private func labelled(_ refusal: Refusal) -> [String] {
        [labelled("refused", refusal.explanation), labelled(refusal.cure.label, refusal.cure.description)]
    }

    private func labelledLocks(_ locks: [LockRequirement]) -> [String] {
        locks.map { labelled("lock", "\($0.mode.rawValue) on \($0.relation)") }
    }

    private func labelled(_ label: String, _ text: String) -> String {
        "      \(padded(label, to: 9))\(text.visible)"
    }

    /// The width of a column with `texts`, including the gap after it; limited, so that a few very long names do not
    /// push the next column away.
    private static func column(_ texts: [String]) -> Int {
        min(texts.map(\.count).max() ?? 0, 44) + 2
    }

    private func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(2, width - text.count))
    }

    private func line(_ text: String) -> String {
        String(text.reversed().drop { $0 == " " }.reversed())
    }
}

extension PlanStep {
    fileprivate var bounds: (lower: String, upper: String)? {
        for case .bounds(let lower, let upper) in attributes { return (lower, upper) }
        return nil
    }
}
