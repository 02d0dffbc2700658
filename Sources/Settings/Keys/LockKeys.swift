import Maintenance

/// The keys of `databases[]` that limit how long pgtend waits for locks, while the application queues behind it.
enum LockKeys {
    static let all: [Key<DatabaseDefinition>] = [
        .value(
            "lock_timeout", \.locks.perStep,
            .duration(.milliseconds(1) ... .seconds(60), because: "whoever needs the table queues behind the wait"),
            variable: "PGTEND_LOCK_TIMEOUT", "One deadline for all the locks that a step takes."),
        .value(
            "lock_tries", \.locks.tries, .integer(1...100, because: "each try makes others wait"),
            variable: "PGTEND_LOCK_TRIES", "How often a step that met a lock is tried, the first time included."),
        .value(
            "lock_budget_per_hour", \.locks.perTableAndHour,
            .duration(.milliseconds(1) ... .seconds(3600), because: "it is spent within an hour"),
            variable: "PGTEND_LOCK_BUDGET_PER_HOUR", validate: { budgetBelowTimeout($0.locks) },
            """
            The sum of the waits for one table within an hour, counted over all runs in the ledger, without one over \
            the steps of one run; when it is spent, steps are postponed. At least lock_timeout.
            """),
    ]

    /// The budget is listed first: if both keys are set, it is the one to correct.
    private static func budgetBelowTimeout(_ locks: LockBudget) -> [Contradiction] {
        guard locks.perTableAndHour < locks.perStep else { return [] }
        let (timeout, budget) = (locks.perStep.inLongestUnit, locks.perTableAndHour.inLongestUnit)
        return [
            Contradiction(
                key: "lock_budget_per_hour", message: "expected at least lock_timeout (\(timeout)), found '\(budget)'"),
            Contradiction(
                key: "lock_timeout", message: "expected at most lock_budget_per_hour (\(budget)), found '\(timeout)'"),
        ]
    }
}
