/// Where reports are written, and in which form.
package enum ReportDestination: Hashable, Sendable {
    case journal
    case text(TextSink.Style)
    case jsonLines

    /// Chooses by the format that was requested and by the environment of the process.
    ///
    /// Structured journal entries are written only if standard error is connected to the journal: if a unit redirects
    /// the output of `pgtend run` to a file, the reports belong in that file.
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

/// The formats that `--log-format` can request; without it the environment decides.
package enum ReportFormat: String, CaseIterable, Sendable {
    case text
    case json
}
