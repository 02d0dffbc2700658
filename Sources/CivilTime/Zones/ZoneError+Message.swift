import Glibc

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
