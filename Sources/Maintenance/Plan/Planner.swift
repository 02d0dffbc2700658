/// Makes the plan of one database. `plan` prints what this returns, `run` executes it.
package struct Planner {
    private let definition: DatabaseDefinition
    private let tasks: [TaskKind]

    /// - Parameter tasks: the kinds of work that are asked for, in any order.
    package init(definition: DatabaseDefinition, tasks: [TaskKind]) {
        self.definition = definition
        self.tasks = tasks
    }

    package func plan(_ snapshot: CatalogSnapshot) -> Plan {
        var work = TaskPlan()
        for task in TaskKind.allCases where tasks.contains(task) { work += plan(task, snapshot) }
        // The default schema is a guess: where there is enough to tend without it, nobody misses it.
        let isGuess = definition.schemas == [DatabaseDefinition.defaultSchema] && work.objectsInView > 0
        return Plan(
            database: definition.name, takenAt: snapshot.takenAt, work: work,
            missingSchemas: isGuess ? [] : snapshot.missingSchemas)
    }

    private func plan(_ task: TaskKind, _ snapshot: CatalogSnapshot) -> TaskPlan {
        switch task {
        case .partitions: PartitionPlanner(definition: definition, snapshot: snapshot).plan()
        case .views: ViewPlanner(definition: definition, snapshot: snapshot).plan()
        case .statistics: StatisticsPlanner(definition: definition, snapshot: snapshot).plan()
        }
    }
}
