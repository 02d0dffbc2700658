/// The verdict over one run, from best to worst.
package enum RunVerdict: Hashable, Sendable {
    case done
    /// None of the watched schemas holds anything that pgtend tends.
    case nothingToTend
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
