import Maintenance
import SQLText

/// The objects that a run would work on, had it every privilege: with work for today or without.
struct WorkInView {
    /// Understood partitioned tables.
    let tables: [PartitionedTable]
    /// The partition that new ones are made like, by its parent.
    let templates: [(table: RelationName, template: RelationName)]
    let views: [(view: MaterializedView, isConcurrent: Bool)]
    let corpora: [Corpus]

    init(plan: Plan, snapshot: CatalogSnapshot) {
        let refused = Set(plan.refusals.filter { $0.reason != .notOwner }.map { TaskObject($0.task, $0.object) })
        let foreign = Set(plan.refusals.filter { $0.reason == .notOwner }.map { TaskObject($0.task, $0.object) })
        let understood = Set(plan.runways.map(\.table))
        tables = snapshot.tables.filter { table in
            let object = TaskObject(.partitions, table.name)
            return foreign.contains(object) || understood.contains(table.name) && !refused.contains(object)
        }
        templates = tables.compactMap { table in
            table.templatePartition.map { (table.name, $0.name) }
        }
        var modes: [RelationName: RefreshView.Mode] = [:]
        for action in plan.steps.compactMap(\.refreshView) { modes[action.view] = action.mode }
        views = snapshot.views.compactMap { view in
            if let mode = modes[view.name] { return (view, mode == .concurrent) }
            return foreign.contains(TaskObject(.views, view.name))
                ? (view, view.refreshMode(.refuse) == .concurrent) : nil
        }
        corpora = snapshot.corpora.filter { corpus in
            if case .missing = corpus.tenants { false } else { true }
        }
    }

    /// Whoever owns something in view, in the order of their names.
    var owners: [String] {
        Set(tables.map(\.owner) + views.map(\.view.owner) + corpora.compactMap(\.role)).sorted()
    }

    private struct TaskObject: Hashable {
        let task: TaskKind
        let object: RelationName

        init(_ task: TaskKind, _ object: RelationName) {
            self.task = task
            self.object = object
        }
    }
}
