/// How a run ended as a whole, from best to worst; it determines the exit status.
package enum RunVerdict: Hashable, Sendable {
    case done
    /// None of the watched schemas contains anything that pgtend could maintain.
    case nothingToMaintain
    /// Other sessions held the locks of a step, which is left to a later run.
    case postponed
    /// Some object, or a whole schema, could not be maintained: see the refusals and the missing schemas.
    case refused
    /// Another run held at least one kind of task.
    case held
    case failed
    case interrupted
    case authentication
    case unavailable(ServerFailure)
}

extension RunVerdict {
    /// The verdict on a plan, before any step is executed.
    ///
    /// A missing schema that the configuration names is a mistake. The default schema is a guess: if it is missing and
    /// there are no objects otherwise, there is nothing to maintain.
    init(refusals: [Refusal], objectsInView: Int, missingSchemas: [String]) {
        let areNamed = missingSchemas != [DatabaseDefinition.defaultSchema]
        if !refusals.isEmpty || (areNamed && !missingSchemas.isEmpty) {
            self = .refused
        } else if objectsInView == 0 {
            self = .nothingToMaintain
        } else {
            self = missingSchemas.isEmpty ? .done : .refused
        }
    }
}
