import Glibc
import Maintenance

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
