import SystemdIO

/// Every kind of thing that pgtend reports, by the word that JSON lines and scripts know it by.
///
/// The words and ids are permanent: alerts and scripts of operators refer to them. A new kind gets a new id
/// (`systemd-id128 new`) and an entry in `systemd/pgtend.catalog`; an id is never changed and never reused.
package enum EventKind: String, CaseIterable, Sendable {
    case runStarted = "run_started"
    case runPlanned = "run_planned"
    /// The run came to the end of its plan, whatever became of the steps.
    case runFinished = "run_finished"
    /// The database could not be worked with: the run ended before the end of its plan.
    case runAborted = "run_aborted"
    /// The run was told to stop.
    case runInterrupted = "run_interrupted"
    case runLockHeld = "run_lock_held"
    case objectRefused = "object_refused"
    case stepStarted = "step_started"
    case stepRetried = "step_retried"
    case stepDone = "step_done"
    case stepSuperseded = "step_superseded"
    case stepPostponed = "step_postponed"
    case stepFailed = "step_failed"
    case stepInterrupted = "step_interrupted"
    /// A table has no partition for the present, and no DEFAULT partition either.
    case runwayExhausted = "runway_exhausted"
    /// A table has no partition for the present but the DEFAULT one.
    case presentInDefault = "present_in_default"

    package var messageID: MessageID {
        switch self {
        case .runStarted: "e26db821352348078f051705b4c8a35b"
        case .runPlanned: "a5fea445678f4ab6a397e040e1f41986"
        case .runFinished: "75b2f24c3cf7407e895e71389c507065"
        case .runAborted: "c8a25ea5e1a6405c9cca00e4700e4b75"
        case .runInterrupted: "d6079133206a40abaebc9b9cd2776e2d"
        case .runLockHeld: "ae6f550c97fb4572a05748f0941de4ce"
        case .objectRefused: "440f8287122c4be994ec7eae82adf46a"
        case .stepStarted: "ff90a3be369b4416913f6a6ec62161dd"
        case .stepRetried: "c245d51d0e7c487aad19b92a7b14869e"
        case .stepDone: "6516ae63304f4d919d44456c710c45b4"
        case .stepSuperseded: "4daa8857decf4e2c956162bcaa2e2fe4"
        case .stepPostponed: "304a73deee94466e8f896b488ae05f38"
        case .stepFailed: "6c8f0e7512964cb2aa1e374be5bcd1a0"
        case .stepInterrupted: "7d83c2aeb541426b8aa88d18746eb5f7"
        case .runwayExhausted: "8742093c8f6a4fb4ab32d9e41b721050"
        case .presentInDefault: "20cc27ae0c9841d4b63470252581aefa"
        }
    }
}
