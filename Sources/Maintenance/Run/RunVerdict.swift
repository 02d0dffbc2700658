/// The verdict over one run, from best to worst.
package enum RunVerdict: Hashable, Sendable {
    case done
    /// None of the watched schemas holds anything that pgtend tends.
    case nothingToMaintain
    /// A step waits for a lock that others hold.
    case postponed
    /// Something that should be tended could not be understood or may not be touched.
    case refused
    /// Another run held at least one kind of task.
    case held
    case failed
    case interrupted
    case authentication
    case unavailable(ServerFailure)
}

extension RunVerdict {
    /// Over what is in view, before anything is done to it.
    ///
    /// A schema that somebody named and that is not there is a mistake. The default one is a guess: where it is missing
    /// and nothing else is in view, there is nothing to tend.
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
