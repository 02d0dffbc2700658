import CivilTime
import SQLText

/// The settings for the analysis of partitioned tables.
package struct AnalysisDefaults: Hashable, Sendable {
    package var enabled: Bool
    /// The time limit for one table (`statement_timeout`).
    package var statementTimeout: Duration
    package var schedule: TaskSchedule

    package init(
        enabled: Bool = false, statementTimeout: Duration = .seconds(3600),
        schedule: TaskSchedule = TaskSchedule(.every(.seconds(3600)))
    ) {
        self.enabled = enabled
        self.statementTimeout = statementTimeout
        self.schedule = schedule
    }
}

extension TaskTraits {
    static let analysis = TaskTraits(
        lockNumber: 4, section: "partitions.analyze", isLong: true, schedule: \.partitions.analysis.schedule,
        discovers: { $0.partitions.analysis.enabled && $0.partitions.discover },
        names: { $0.partitions.analysis.enabled && !$0.partitionSets.isEmpty },
        plan: { AnalysisPlanner(definition: $0, snapshot: $1).plan() })
}

/// Decides which partitioned tables are analyzed: those without statistics, and those whose leaves have changed by as much
/// as autovacuum lets a table change, since they were analyzed last.
package struct AnalysisPlanner {
    private let definition: DatabaseDefinition
    private let snapshot: CatalogSnapshot

    package init(definition: DatabaseDefinition, snapshot: CatalogSnapshot) {
        self.definition = definition
        self.snapshot = snapshot
    }

    package func plan() -> TaskPlan {
        guard definition.mayHaveWork(for: .analysis) else { return TaskPlan() }
        var plan = TaskPlan()
        for table in selectedTables { plan += self.plan(table) }
        return plan
    }

    /// Those that get partitions, of any strategy and key. What is below one of them is a part of it.
    private var selectedTables: [PartitionedTable] {
        let named = Dictionary(definition.partitionSets.map { ($0.table, $0.enabled) }) { first, _ in first }
        return snapshot.tables.filter { table in
            let isWatched = definition.partitions.discover && definition.schemas.contains(table.name.schema)
            return named[table.name] ?? (isWatched && !table.isPartition)
        }.sorted { $0.name < $1.name }
    }

    private func plan(_ table: PartitionedTable) -> TaskPlan {
        if let obstacle = table.analysisObstacle(on: snapshot.server) {
            return TaskPlan(refusals: [obstacle], objectsInView: 1)
        }
        guard let changes = table.changes else { return TaskPlan(objectsInView: 1) }
        if changes.leaves == 0 { return found(table, "nothing to analyze: it has no partition") }
        let memory = snapshot.remembered[.analyzeTable, table.name]
        switch changes.need(memory, ignorance: snapshot.remembered.ignorance) {
        case .noStatistics:
            return step(table, changes, "it has no statistics as a whole, and autovacuum never makes them")
        case .changed(let count, let limit):
            return step(
                table, changes, "\(count) changes of its partitions since \(since(memory)), more than \(limit)")
        case .notYet(let count, let limit):
            return found(table, "not due, because of \(count) of \(limit) changes since \(since(memory))")
        case .unknown(let reason):
            return found(table, "how much it has changed since it was analyzed is not known: \(reason)")
        case .baseline(let reason):
            var plan = found(table, "its changes are counted from now on: \(reason)")
            plan.notes = [Remembered.Note(.analyzeTable, table.name, TableChanges.memory(of: changes.count))]
            return plan
        }
    }

    private func step(_ table: PartitionedTable, _ changes: TableChanges, _ reason: String) -> TaskPlan {
        let action = AnalyzeTable(
            table: table.name, oid: table.oid, owner: table.owner, role: table.analysisRole, changes: changes.count,
            lastAnalyzed: changes.lastAnalyzed)
        let limits = StepLimits(
            locks: definition.locks, statementTimeout: definition.partitions.analysis.statementTimeout)
        return TaskPlan(
            steps: [PlanStep(.analyzeTable(action), reason: reason, limits: limits)],
            inferences: [Finding(task: .analysis, object: table.name, message: "due")], objectsInView: 1)
    }

    private func since(_ memory: Remembered.Memory?) -> String { memory.map(\.notedAt.description) ?? "" }

    private func found(_ table: PartitionedTable, _ message: String) -> TaskPlan {
        TaskPlan(inferences: [Finding(task: .analysis, object: table.name, message: message)], objectsInView: 1)
    }
}
