/// All that the ledger has on one run.
package struct LedgerRunDetail: Hashable, Sendable {
    package var run: LedgerRun
    /// The name of the database in the configuration of whoever ran it.
    package var database: String
    /// By number. Of a run that left many steps undone only the first are entered; the figures count them all.
    package var steps: [LedgerStep]
    package var refusals: [Refusal]
    package var heldLocks: [HeldRunLock]

    package init(
        run: LedgerRun, database: String, steps: [LedgerStep] = [], refusals: [Refusal] = [],
        heldLocks: [HeldRunLock] = []
    ) {
        self.run = run
        self.database = database
        self.steps = steps
        self.refusals = refusals
        self.heldLocks = heldLocks
    }
}
