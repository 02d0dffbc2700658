import Glibc

/// Why there are no rules for a zone.
package enum ZoneError: Error, Hashable, Sendable {
    /// The folder of zone files does not exist, or there is no zone file in it.
    case notInstalled(directory: String)
    /// There are zones, but none of that name. `ZoneRules.names(in:)` lists them.
    case unknown(name: String, directory: String)
    /// Not a valid name of a zone: it could lead outside the folder of zone files.
    case invalidName(String)
    /// The file cannot be read; `code` is the `errno`.
    case unreadable(path: String, code: Int32)
    /// The file is not a zone file of RFC 8536, or one that cannot be used here.
    case damaged(path: String, TZifDamage)
}

extension ZoneError: CustomStringConvertible {
    /// What is wrong and what to do, as one sentence without a capital letter or a full stop.
    package var description: String {
        switch self {
        case .notInstalled(let directory):
            "there are no time zones in \(directory): tzdata is not installed: apt-get install tzdata"
        case .unknown(let name, let directory):
            "there is no time zone '\(name)' in \(directory)"
        case .invalidName(let name):
            "expected the name of a time zone such as Europe/Berlin, found '\(name)'"
        case .unreadable(let path, let code):
            "the zone file \(path) cannot be read: \(String(cString: strerror(code)))"
        case .damaged(let path, let damage):
            "the zone file \(path) cannot be used: byte \(damage.byte): \(damage.reason); "
                + "it comes with tzdata: apt-get install --reinstall tzdata"
        }
    }
}

/// What is wrong with a zone file, and where.
package struct TZifDamage: Error, Hashable, Sendable {
    /// The offset in the file, counted from 0.
    package let byte: Int
    /// "expected …, found …".
    package let reason: String
}
