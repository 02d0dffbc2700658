/// One thing that a service tells its manager (sd_notify(3)).
package enum NotifyState: Hashable, Sendable {
    /// The service works; also the end of a reload.
    case ready
    /// A line for `systemctl status`.
    case status(String)
    /// A reload has begun. The time is that of CLOCK_MONOTONIC when it did, which `Type=notify-reload` asks for.
    case reloading(monotonicMicroseconds: UInt64)
    /// The service has begun to stop.
    case stopping
    /// Starting or stopping takes that long from now, at least: the unit's time-out is put off until then. To be sent
    /// again before that is over, or the time-out strikes.
    case extendTimeout(Duration)
    /// A sign of life for the watchdog.
    case watchdog

    /// The assignments of the protocol, each on a line.
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

    /// systemd drops a whole datagram of more than 4096 bytes, and the assignments beside the status with it.
    static let maximumStatusBytes = 2048

    /// The text on one line: a newline would begin another assignment, and other control characters reach the
    /// terminal of whoever asks for the status.
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
