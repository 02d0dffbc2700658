import Maintenance

extension ReportField.Name {
    /// What the field means, for the event reference (`docs/events.md`).
    package var meaning: String {
        switch self {
        case .application: "application names of the sessions that stood in the way"
        case .attempt:
            "of a step: the number of its tries; of a run: which attempt at its slot it is, over all services"
        case .blockedByPID: "server processes that stood in the way"
        case .change: "what a reload changed, a sentence each"
        case .clockStepMicroseconds:
            "how far the wall clock went ahead of the time that passed; negative when it was set back"
        case .configuration: "the path of the configuration file"
        case .cure: "what to do about it"
        case .database: "the name of the database in the configuration"
        case .detail: "the server's DETAIL, with its CONTEXT"
        case .done: "steps that were done"
        case .durationMicroseconds: "how long it took, or how long it has lasted"
        case .failed: "steps that failed"
        case .failureClass: "what the failure means for another try, a word"
        case .failures: "failures in a row"
        case .findings: "how many things were noticed that change nothing"
        case .hint: "the server's HINT"
        case .interrupted: "steps that were not done, or rolled back, because the run had to end"
        case .lateMicroseconds: "from when it was due to when it started"
        case .lockWaitMicroseconds: "the time spent waiting for locks, over all tries"
        case .lost: "how much of what was to be said before was dropped"
        case .missed: "slots that nobody could start in time"
        case .outcome: "how it ended, a word"
        case .ownerHost: "the host of the other service"
        case .ownerPID: "its process there"
        case .ownerRunID: "its run"
        case .partition: "the schema and name of a partition that was made or is concerned"
        case .postponed: "steps that were left for a later run because others held their locks"
        case .problem: "a problem of the configuration, with its file, line and column"
        case .problems: "how many problems the configuration has"
        case .reason: "why, a sentence"
        case .refusal: "why something is not tended, a word"
        case .refused: "objects in view that are not tended"
        case .relation: "the schema and name of the table or view; of a run: those that it changed"
        case .retryDelayMicroseconds: "until the next try"
        case .runID: "the run, the same in all that is reported of it; 32 hexadecimal digits"
        case .running: "runs that are at work"
        case .runwaySeconds: "until some table has no partition for its rows"
        case .since: "when the first failure was, or when it began; UTC, ISO 8601"
        case .skipped: "slots that were left out because an earlier run was still at work"
        case .slot: "when the work was due, the first of them if they are several; UTC, ISO 8601"
        case .slotLast: "when the last of several was due; UTC, ISO 8601"
        case .sqlState: "the server's error code"
        case .step: "the number of the step in its plan"
        case .steps: "how many steps the plan has"
        case .superseded: "steps that were no longer needed"
        case .task: "the kinds of work: \(TaskKind.words)"
        case .tenant: "whose statistics"
        case .version: "of pgtend"
        }
    }
}
