import SystemdIO

/// Every kind of event that pgtend reports. The raw value is its name in JSON lines.
///
/// The words and ids are permanent: alerts and scripts of operators refer to them. A new kind gets a new id
/// (`systemd-id128 new`) and an entry in `systemd/pgtend.catalog`; an id is never changed and never reused.
package enum EventKind: String, CaseIterable, Sendable {
    case runStarted = "run_started"
    case runPlanned = "run_planned"
    /// The run reached the end of its plan, whatever the outcome of its steps.
    case runFinished = "run_finished"
    /// The run ended before the end of its plan, since the database could not be worked with.
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
    /// A table has neither a partition for the current time nor a DEFAULT partition.
    case runwayExhausted = "runway_exhausted"
    /// A table has no partition for the current time except the DEFAULT partition.
    case presentInDefault = "present_in_default"
    /// A table has partitions for less time than it should.
    case runwayShort = "runway_short"

    case serviceStarted = "service_started"
    /// The service did not start, because of its configuration or a limit of the process.
    case startRefused = "start_refused"
    case configurationWarning = "configuration_warning"
    case serviceStopping = "service_stopping"
    case serviceStopped = "service_stopped"
    /// A second SIGTERM or SIGINT: what still runs is cancelled at once.
    case serviceHurried = "service_hurried"
    case configurationReloaded = "configuration_reloaded"
    /// A reload failed; the configuration in force stays.
    case configurationRefused = "configuration_refused"
    /// One of the problems of a configuration that was refused.
    case configurationProblem = "configuration_problem"
    case databaseUnavailable = "database_unavailable"
    case databaseStandby = "database_standby"
    case databaseAvailable = "database_available"
    case ledgerUnavailable = "ledger_unavailable"
    case ledgerInstalled = "ledger_installed"
    case ledgerMigrated = "ledger_migrated"
    /// The role that the service connects as may do more than its work takes.
    case roleExceeds = "role_exceeds"
    /// Slots that no service will start any more.
    case slotsPassed = "slots_passed"
    case slotLate = "slot_late"
    /// Another service has claimed the slot, or has completed it.
    case slotElsewhere = "slot_elsewhere"
    case runTakenOver = "run_taken_over"
    case taskFailing = "task_failing"
    case taskRecovered = "task_recovered"
    case clockStepped = "clock_stepped"
    case notificationFailed = "notification_failed"
    case notificationResumed = "notification_resumed"
    /// What was reported before could not be written.
    case reportsLost = "reports_lost"

    /// Whether its sentence is about an object of a database, and names only that.
    var isOfObject: Bool {
        switch self {
        case .objectRefused, .stepStarted, .stepRetried, .stepDone, .stepSuperseded, .stepPostponed, .stepFailed,
            .stepInterrupted, .runwayExhausted, .presentInDefault, .runwayShort:
            true
        case .runStarted, .runPlanned, .runFinished, .runAborted, .runInterrupted, .runLockHeld, .serviceStarted,
            .startRefused, .configurationWarning, .serviceStopping, .serviceStopped, .serviceHurried,
            .configurationReloaded, .configurationRefused, .configurationProblem, .databaseUnavailable,
            .databaseStandby, .databaseAvailable, .ledgerUnavailable, .ledgerInstalled, .ledgerMigrated, .roleExceeds,
            .slotsPassed, .slotLate, .slotElsewhere, .runTakenOver, .taskFailing, .taskRecovered, .clockStepped,
            .notificationFailed, .notificationResumed, .reportsLost:
            false
        }
    }

    /// The `MESSAGE_ID` of its journal entries.
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
        case .runwayShort: "f946fdcc3c3a45ba93848893e3c7b7df"
        case .serviceStarted: "2019420d95ac4246a97773e1dae83eed"
        case .startRefused: "47794dab821d4a11aef65ad49232d34f"
        case .configurationWarning: "c53ee1bf093d4f9988fc605b6b617bd5"
        case .serviceStopping: "6ba85989f961409fbaf0435ca0323da4"
        case .serviceStopped: "1e7b990a371846888f83c1a574b16fc6"
        case .serviceHurried: "137994eccd5e4f40a8977db458d54907"
        case .configurationReloaded: "35bdef5789bc4c769c6e111f84b52604"
        case .configurationRefused: "3dd17bdc16c04e74bac362bfed1abecf"
        case .configurationProblem: "d324a355482c459a83c11c55d676557f"
        case .databaseUnavailable: "bde8778884da4edebe17540b3d8616fb"
        case .databaseStandby: "08c53f6881964753acb31ddbdfecd9f5"
        case .databaseAvailable: "da1a11fc32014c82b61ba96913712d0b"
        case .ledgerUnavailable: "b512d8004d774d679e374540ded37c44"
        case .ledgerInstalled: "998efc10c17c446c9c379452987d9223"
        case .ledgerMigrated: "8d17504dfc7c4b23bccee4e030272b76"
        case .roleExceeds: "a67ba59f38ae406a8d450552e328ac77"
        case .slotsPassed: "a8ee948ffd774eb1b25e3f5d5b5476a5"
        case .slotLate: "e13ba39712984fa38aa16b7446c51355"
        case .slotElsewhere: "cefe335cd888435f873e814d64ab6f30"
        case .runTakenOver: "7a0b83e933864e2db6bda408d7381225"
        case .taskFailing: "79ce1450ef2541ab9d62ac1d7bc2d7c7"
        case .taskRecovered: "4912c0a1d2e045fb8ed99155ee51541a"
        case .clockStepped: "662c72a7c2fa45e4b802a6a9381222a4"
        case .notificationFailed: "9e4ddca8b65e4fe29a50fa607c03f980"
        case .notificationResumed: "e6be60b5226f4c35a77d627088cdf581"
        case .reportsLost: "8a8bb764420f4d78a3e6828a5ebe1988"
        }
    }
}
