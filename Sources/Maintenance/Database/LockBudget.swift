/// How long the application may be made to wait.
package struct LockBudget: Hashable, Sendable {
    /// The one deadline for all the locks that a step takes, from the first request on.
    package var perStep: Duration
    /// How often a step that met a lock is tried, the first time included.
    package var tries: Int
    /// The sum of the waits for one table, over all steps of a run and of those within the hour before it; when it is
    /// spent its steps are postponed. Without a ledger runs do not know of each other's waits.
    package var perTableAndHour: Duration

    package init(
        perStep: Duration = .milliseconds(200), tries: Int = 5, perTableAndHour: Duration = .seconds(5)
    ) {
        self.perStep = perStep
        self.tries = tries
        self.perTableAndHour = perTableAndHour
    }
}
