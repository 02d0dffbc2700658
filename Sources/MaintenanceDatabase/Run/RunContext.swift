import Glibc
import Maintenance

/// The parameters of one run, which all its parts share.
struct RunContext: Sendable {
    let definition: DatabaseDefinition
    /// The kinds of task that are requested, in the order in which a run does them.
    let tasks: [TaskKind]
    /// 32 lower-case hexadecimal digits.
    let runID: String
    /// The `application_name` of the session.
    let applicationName: String
    let programVersion: String
    /// The slot that the run is to complete; nil for a manual run.
    let order: SlotOrder?
    /// Whether to install the ledger in a database that has none.
    let installsLedger: Bool
    let sink: any EventSink
    let repertoire: Repertoire

    /// The name of the database in the configuration.
    var database: String { definition.name }

    /// What the ledger records about the process of the run.
    var identity: RunIdentity {
        RunIdentity(runID: runID, database: database, application: applicationName, programVersion: programVersion)
    }
}

/// What the ledger records about the process of a run.
struct RunIdentity: Sendable {
    let runID: String
    /// The name of the database in the configuration.
    let database: String
    let application: String
    let programVersion: String
    let host = Self.hostName()
    let pid = getpid()

    private static func hostName() -> String {
        // HOST_NAME_MAX on Linux, plus the terminating NUL.
        var name = [CChar](repeating: 0, count: 65)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
