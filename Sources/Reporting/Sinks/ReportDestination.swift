/// Where reports go and how they look there.
package enum ReportDestination: Hashable, Sendable {
    case journal
    case text(TextSink.Style)
    case jsonLines

    /// Decides from the format that was asked for and from where the process finds itself.
    ///
    /// The journal gets structured entries only where standard error already leads to it: a user who redirects the
    /// output of `pgtend run` within a service wants it in that file.
    package init(format: ReportFormat?, environment: OutputEnvironment) {
        if format == .json {
            self = .jsonLines
        } else if format == nil, environment.standardErrorIsJournal, environment.journalIsReachable {
            self = .journal
        } else if environment.standardErrorIsJournal
            || (environment.executedByServiceManager && environment.standardError == .other)
        {
            self = .text(.prefixed)
        } else if environment.standardError == .terminal, environment.terminalType != "dumb" {
            self = .text(.terminal(coloured: !environment.forbidsColour))
        } else {
            self = .text(.plain)
        }
    }
}

/// What `--log-format` can ask for; without it the environment decides.
package enum ReportFormat: String, CaseIterable, Sendable {
    case text
    case json
}
