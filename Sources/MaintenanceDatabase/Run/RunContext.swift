import Glibc
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

/// What the ledger says about whose run it is.
struct RunIdentity: Sendable {
    let runID: String
    /// The name of the database in the configuration.
    let database: String
    let application: String
    let programVersion: String
    let host = Self.hostName()
    let pid = getpid()

    private static func hostName() -> String {
        // HOST_NAME_MAX of Linux, and the end of the string.
        var name = [CChar](repeating: 0, count: 65)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
