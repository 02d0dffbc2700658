import CivilTime

/// What happens to the service itself, between the runs.
package enum ServiceEvent: Hashable, Sendable {
    case started(version: String, databases: [String], configuration: String?)
    /// The service does not start: its configuration is not right, each problem with its place.
    case startRefused(problems: [String])
    /// Of the configuration that is in force: what is doubtful, or without effect.
    case configurationWarned(warnings: [String])
    case stopping(reason: String, running: Int)
    case stopped(reason: String, after: Duration)
    /// Told to stop once more: what is running is cancelled without its grace.
    case stopRepeated(reason: String)

    case reloaded(changes: [String])
    /// The old configuration stays in force.
    case reloadRefused(problems: [String])

    /// The database cannot be worked with. Said when it begins, and now and then while it lasts (`FailureStreak`).
    case databaseUnavailable(database: String, ServerFailure, failures: Int, since: Instant, lasting: Duration)
    case databaseStandby(database: String, since: Instant)
    case databaseAvailable(database: String, after: Duration)

    /// The ledger cannot be had: several services would do the same work several times.
    case ledgerUnavailable(database: String, ServerFailure)
    case ledgerInstalled(database: String)

    /// Slots of one kind of task that nobody will start any more, oldest first; reported as one.
    case slotsPassed(database: String, [PassedSlot])
    case slotLate(database: String, Slot, by: Duration)
    /// Another service is at the slot, or has completed it.
    case slotElsewhere(database: String, Slot, RunOwner?)
    /// The owner of a run had died; its slot has been taken over.
    case runTakenOver(database: String, Slot, from: RunOwner, runID: String)

    /// The last runs of that kind of task have all failed.
    case taskFailing(database: String, TaskKind, failures: Int, since: Instant, lasting: Duration, reason: String)
    case taskRecovered(database: String, TaskKind, failures: Int, after: Duration)

    /// The service manager could not be told how the service fares.
    case notificationFailed(String)
    /// The wall clock has been set, or the machine has slept.
    case clockStepped(by: Duration)
}
