/// What the service remembers in the database itself: its runs and slots.
package struct LedgerDefinition: Hashable, Sendable {
    /// False reports to the journal alone. Then several services on one database do the same work several times.
    package var enabled: Bool
    /// Runs and slots that are older are deleted.
    package var keep: Duration
    /// At most that many runs are kept, whatever their age.
    package var keepRuns: Int

    package init(enabled: Bool = true, keep: Duration = .seconds(30 * 86_400), keepRuns: Int = 10_000) {
        self.enabled = enabled
        self.keep = keep
        self.keepRuns = keepRuns
    }

    /// At most that many steps are kept, whatever the age of their run.
    package var keepSteps: Int { keepRuns.multipliedReportingOverflow(by: 10).overflow ? .max : keepRuns * 10 }
}
