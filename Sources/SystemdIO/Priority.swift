/// How urgently an operator should look at a journal entry: the levels of syslog, lower is more urgent.
package enum Priority: UInt8, CaseIterable, Sendable, Comparable {
    case emergency = 0
    case alert = 1
    case critical = 2
    case error = 3
    case warning = 4
    case notice = 5
    case informational = 6
    case debug = 7

    /// The more urgent priority is the smaller one, as in `journalctl --priority`.
    package static func < (one: Priority, other: Priority) -> Bool {
        one.rawValue < other.rawValue
    }

    /// The mark `<N>` at the start of a line by which a service manager that reads the line knows its priority
    /// (sd-daemon(3)). Each line needs its own.
    package var linePrefix: String { "<\(rawValue)>" }
}
