/// The keys at the top level of the file, which apply to the service as a whole.
enum ServiceKeys {
    static let all: [Key<Configuration>] = [
        .value(
            "log_format", \.logFormat, ValueFormat<LogFormat>.choice.optional, variable: "PGTEND_LOG_FORMAT",
            flag: Flag("--log-format") { flags in flags.logFormat.map { [$0.rawValue] } ?? [] },
            "How to write to standard error where no journal listens. Without it: text."),
        .value(
            "connections", \.connections, .integer(2...100, because: "a run takes two"),
            variable: "PGTEND_CONNECTIONS",
            "How many connections the service has at most, two for each run, the last two never for what takes long; what "
                + "is due beyond that waits for its turn."),
        .value(
            "stop_grace", \.stopGrace,
            .duration(.seconds(1) ... .seconds(600), because: "whoever stops a service waits for it"),
            variable: "PGTEND_STOP_GRACE",
            "How long a running step may go on after SIGTERM before it is cancelled on the server."),
    ]
}
