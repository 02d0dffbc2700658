import Maintenance

/// What one run is: the same for everything that works for it.
struct RunContext: Sendable {
    let definition: DatabaseDefinition
    /// The kinds of task that are asked for, in the order in which a run does them.
    let tasks: [TaskKind]
    /// 32 lower-case hexadecimal digits.
    let runID: String
    /// What `pg_stat_activity` shows.
    let applicationName: String
    let programVersion: String
    /// The slot that the run is to complete; nil for a run by hand.
    let order: SlotOrder?
    /// Whether the ledger is made where the database has none.
    let installsLedger: Bool
    let sink: any EventSink

    /// The name of the database in the configuration.
    var database: String { definition.name }

    /// What the ledger says about whose run it is.
    var identity: RunIdentity {
        RunIdentity(runID: runID, database: database, application: applicationName, programVersion: programVersion)
    }
}
