import CivilTime

/// Something that happened to the service itself, outside of its runs.
package enum ServiceEvent: Hashable, Sendable {
    case started(version: String, databases: [String], configuration: String?)
    /// The service does not start, because its configuration is invalid. Each problem names its place.
    case startRefused(problems: [String])
    /// The service does not start, because the process may not have what its loop needs.
    case startHindered(limit: String)
    /// What is doubtful in the configuration in force, or has no effect.
    case configurationWarned(warnings: [String])
    case stopping(reason: String, running: Int)
    case stopped(reason: String, after: Duration)
    /// Told to stop a second time: running steps are cancelled at once, without the grace period.
    case stopRepeated(reason: String)

    case reloaded(changes: [String])
    /// The new configuration is invalid; the old one stays in force.
    case reloadRefused(problems: [String])

    /// No run of the database can do anything. Reported when that begins, and ever more rarely while it lasts
    /// (`FailureStreak`).
    case databaseUnavailable(database: String, ServerFailure, failures: Int, since: Instant, lasting: Duration)
    case databaseStandby(database: String, since: Instant)
    case databaseAvailable(database: String, after: Duration)

    /// The ledger cannot be used: several services on one database repeat each other's work.
    case ledgerUnavailable(database: String, ServerFailure)
    case ledgerInstalled(database: String)
    /// The ledger of an earlier version of pgtend has been brought to that of this one.
    case ledgerMigrated(database: String)

    /// The role may do more than its work takes (`ServerFacts.excess`). Each run of the service finds it; it is reported
    /// once.
    case roleExceeds(database: String, role: String, String)

    /// Slots that will not be started any more, oldest first; reported in one event.
    case slotsPassed(database: String, [PassedSlot])
    case slotLate(database: String, Slot, by: Duration)
    /// Another run has completed the slot.
    case slotElsewhere(database: String, Slot, RunOwner)
    /// Another run holds the lock of that kind of task.
    case slotHeld(database: String, Slot, HeldRunLock)
    /// The process of an earlier run for the slot had died; run `runID` has taken the slot over.
    case runTakenOver(database: String, Slot, from: RunOwner, runID: String)

    /// The last runs of that kind of task have all failed.
    case taskFailing(database: String, TaskKind, failures: Int, since: Instant, lasting: Duration, reason: String)
    case taskRecovered(database: String, TaskKind, failures: Int, after: Duration)

    /// A notification to the service manager (sd_notify) was not taken. It is kept, and sent again as long as it matters.
    case notificationFailed(String)
    /// The service manager takes notifications again.
    ///
    /// - Parameter dropped: how many had been overtaken by later ones, and were not sent.
    case notificationResumed(dropped: Int, after: Duration)
    /// What was reported before could not be written, and was dropped.
    case reportsLost(count: Int, reason: String)
    /// The wall clock was set, or the machine was suspended.
    case clockStepped(by: Duration)
}
