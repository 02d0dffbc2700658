/// Makes the plan for one database. The command `plan` prints it, `run` executes it.
package struct Planner {
    private let definition: DatabaseDefinition
    private let tasks: [TaskKind]

    /// - Parameter tasks: the kinds of task that are requested, in any order.
    package init(definition: DatabaseDefinition, tasks: [TaskKind]) {
        self.definition = definition
        self.tasks = tasks
    }

    package func plan(_ snapshot: CatalogSnapshot) -> Plan {
        var work = TaskPlan()
        for task in TaskKind.allCases where tasks.contains(task) { work += task.traits.plan(definition, snapshot) }
        // The default schema is a guess: if there are objects without it, its absence is not worth reporting.
        let isGuess = definition.schemas == [DatabaseDefinition.defaultSchema] && work.objectsInView > 0
        var plan = Plan(
            database: definition.name, takenAt: snapshot.takenAt, work: work,
            missingSchemas: isGuess ? [] : snapshot.missingSchemas)
        plan.role = snapshot.server.role
        return plan
    }
}
