import Maintenance
import SQLText

/// The objects that a run would maintain if it had all privileges, whether or not they have work at the moment.
struct WorkInView {
    /// The partitioned tables whose key pgtend supports, and that are not refused for another reason than privileges.
    let tables: [PartitionedTable]
    /// For each table that has one, the partition that new ones copy.
    let templates: [(table: RelationName, template: RelationName)]
    let views: [(view: MaterializedView, isConcurrent: Bool)]
    let corpora: [Corpus]
    /// Of the kinds of task that need nothing but what these say, and whose objects need nothing else already.
    let refusals: [Refusal]

    /// Of one step.
    init(
        table: PartitionedTable? = nil, template: RelationName? = nil,
        view: (view: MaterializedView, isConcurrent: Bool)? = nil, corpus: Corpus? = nil
    ) {
        tables = [table].compactMap(\.self)
        templates = [table].compactMap { table in
            guard let table, let template else { return nil }
            return (table.name, template)
        }
        views = [view].compactMap(\.self)
        corpora = [corpus].compactMap(\.self)
        refusals = []
    }

    init(plan: Plan, snapshot: CatalogSnapshot) {
        let lacks: Set<Refusal.Reason> = [.notOwner, .noTemporary]
        let refused = Set(plan.refusals.filter { !lacks.contains($0.reason) }.map { TaskObject($0.task, $0.object) })
        let foreign = Set(plan.refusals.filter { lacks.contains($0.reason) }.map { TaskObject($0.task, $0.object) })
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
        let known = Set(tables.map(\.name))
        refusals = plan.refusals.filter {
            lacks.contains($0.reason) && ![.partitions, .views, .statistics].contains($0.task)
                && !known.contains($0.object)
        }
    }

    /// The owners of these objects, sorted.
    var owners: [String] {
        (tables.map(\.owner) + views.map(\.view.owner) + corpora.compactMap(\.role)).distinctTexts
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
