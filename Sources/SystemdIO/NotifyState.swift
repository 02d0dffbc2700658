/// A state that a service reports to the service manager (sd_notify(3)).
package enum NotifyState: Hashable, Sendable {
    /// Startup is finished, or a reload is.
    case ready
    /// A line for `systemctl status`.
    case status(String)
    /// A reload has begun, at this time of CLOCK_MONOTONIC, which `Type=notify-reload` requires.
    case reloading(monotonicMicroseconds: UInt64)
    /// Shutdown has begun.
    case stopping
    /// Startup or shutdown may take this much longer, counted from now: the unit's timeout is extended until then. If
    /// it takes even longer, send this again before that time is over.
    case extendTimeout(Duration)
    /// The keep-alive ping for the watchdog.
    case watchdog

    /// As the protocol has it: one assignment on each line.
    var assignments: String {
        switch self {
        case .ready: "READY=1"
        case .status(let text): "STATUS=\(Self.line(text))"
        case .reloading(let microseconds): "RELOADING=1\nMONOTONIC_USEC=\(microseconds)"
        case .stopping: "STOPPING=1"
        case .extendTimeout(let duration): "EXTEND_TIMEOUT_USEC=\(max(0, duration.wholeMicroseconds))"
        case .watchdog: "WATCHDOG=1"
        }
    }

    /// systemd drops a datagram of more than 4096 bytes as a whole, with all other assignments in it.
    static let maximumStatusBytes = 2048

    /// The text on one line: a newline would begin another assignment, and other control characters would reach the
    /// terminal of whoever runs `systemctl status`.
    private static func line(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            let shown: Unicode.Scalar = scalar.controlsATerminal ? " " : scalar
            bytes += UTF8.width(shown)
            guard bytes <= maximumStatusBytes else { return String(line) + "…" }
            line.append(shown)
        }
        return String(line)
    }
}

extension Unicode.Scalar {
    fileprivate var controlsATerminal: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

extension Duration {
    fileprivate var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
