/// The priority of a journal entry: the levels of syslog, where a smaller number is more urgent.
package enum Priority: UInt8, CaseIterable, Sendable, Comparable {
    case emergency = 0
    case alert = 1
    case critical = 2
    case error = 3
    case warning = 4
    case notice = 5
    case informational = 6
    case debug = 7

    /// By number, as in `journalctl --priority`: the more urgent priority is the smaller one.
    package static func < (one: Priority, other: Priority) -> Bool {
        one.rawValue < other.rawValue
    }

    /// The prefix `<N>` by which systemd knows the priority of a line on standard error (sd-daemon(3)). Each line needs
    /// one.
    package var linePrefix: String { "<\(rawValue)>" }
}
