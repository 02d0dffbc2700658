import Glibc

/// Why there are no rules for a zone.
package enum ZoneError: Error, Hashable, Sendable {
    /// There is no folder of zone files, or no zone file in it.
    case notInstalled(directory: String)
    /// There are zones, but none of that name. `ZoneRules.names(in:)` says which there are.
    case unknown(name: String, directory: String)
    /// Not a name at all: zone files are looked for below one folder, and nowhere else.
    case invalidName(String)
    /// The call on that file that failed, and its `errno`.
    case unreadable(path: String, code: Int32)
    /// The file is there, but what it holds is no zone of RFC 8536, or one that cannot be used.
    case damaged(path: String, TZifDamage)
}

extension ZoneError: CustomStringConvertible {
    /// What is wrong and what to do, as one sentence without a capital and a full stop.
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
    /// From the file's beginning, counted from 0.
    package let byte: Int
    /// "expected …, found …".
    package let reason: String
}
