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
        var plan = Plan(database: definition.name, takenAt: snapshot.takenAt)
        for task in TaskKind.allCases where tasks.contains(task) {
            switch task {
            case .partitions: addPartitions(to: &plan, snapshot)
            case .views:
                let (steps, refusals, inView) = ViewPlanner(definition: definition, snapshot: snapshot).plan()
                plan.steps += steps.map(PlanStep.refreshView)
                plan.refusals += refusals
                plan.objectsInView += inView + refusals.count { $0.reason == .missing }
            case .statistics:
                let (steps, refusals, inView) = StatisticsPlanner(definition: definition, snapshot: snapshot).plan()
                plan.steps += steps.map(PlanStep.updateStatistics)
                plan.refusals += refusals
                plan.objectsInView += inView
            }
        }
        // The default schema is a guess: where there is enough to tend without it, nobody misses it.
        let isGuess = definition.schemas == [DatabaseDefinition.defaultSchema] && plan.objectsInView > 0
        plan.missingSchemas = isGuess ? [] : snapshot.missingSchemas
        return plan
    }

    private func addPartitions(to plan: inout Plan, _ snapshot: CatalogSnapshot) {
        let readings = PartitionPlanner(definition: definition, snapshot: snapshot).readings()
        plan.objectsInView += readings.count
        for reading in readings {
            plan.steps += reading.steps.map(PlanStep.createPartition)
            plan.refusals += reading.refusals
            plan.findings += reading.findings
            if let inference = reading.inference { plan.inferences.append(inference) }
            if let runway = reading.runway { plan.runways.append(runway) }
        }
    }
}
