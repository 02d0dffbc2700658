import Glibc
import PostgresClient

/// Where a connection goes and as which role, as far as the conninfo and libpq's environment variables tell; service
/// files are not read.
struct ConnectionTarget {
    /// The operating-system user of this process, which `peer` authentication compares.
    let systemUser: String
    let role: String
    let database: String
    let host: String?
    let port: String

    init(_ info: ConnectionInfo) {
        systemUser = Self.nameOfSystemUser()
        role = info["user"] ?? Self.environment("PGUSER") ?? systemUser
        database = info["dbname"] ?? Self.environment("PGDATABASE") ?? role
        host = info["host"] ?? info["hostaddr"] ?? Self.environment("PGHOST") ?? Self.environment("PGHOSTADDR")
        port = info["port"] ?? Self.environment("PGPORT") ?? "5432"
    }

    init(systemUser: String, role: String, database: String, host: String? = nil, port: String = "5432") {
        self.systemUser = systemUser
        self.role = role
        self.database = database
        self.host = host
        self.port = port
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }

    /// The user ID as a number if the user has no entry in the user database, as in some containers.
    private static func nameOfSystemUser() -> String {
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &result) == 0, result != nil else {
            return "\(geteuid())"
        }
        return String(cString: entry.pw_name)
    }
}
