import CivilTime
import SQLText

/// What holds for every materialized view of a database that does not say otherwise.
package struct ViewDefaults: Hashable, Sendable {
    /// Whether views are looked for in the watched schemas.
    package var discover: Bool
    /// What to do with a populated view that has no index by which it could be refreshed concurrently.
    package var blocking: BlockingRefresh
    /// The time limit of one refresh; it is cancelled on the server.
    package var statementTimeout: Duration
    package var schedule: TaskSchedule

    package init(
        discover: Bool = true, blocking: BlockingRefresh = .refuse, statementTimeout: Duration = .seconds(3600),
        schedule: TaskSchedule = TaskSchedule(.every(.seconds(900)))
    ) {
        self.discover = discover
        self.blocking = blocking
        self.statementTimeout = statementTimeout
        self.schedule = schedule
    }
}

/// Whether a refresh may make the view's readers wait (ACCESS EXCLUSIVE on the view).
package enum BlockingRefresh: String, CaseIterable, Hashable, Sendable {
    case refuse
    case allow
}

/// A materialized view that the configuration names. `nil` means: as the defaults say.
package struct ViewDefinition: Hashable, Sendable {
    package var view: RelationName
    package var blocking: BlockingRefresh?
    package var statementTimeout: Duration?
    /// False leaves the view alone.
    package var enabled: Bool

    package init(
        view: RelationName, blocking: BlockingRefresh? = nil, statementTimeout: Duration? = nil, enabled: Bool = true
    ) {
        self.view = view
        self.blocking = blocking
        self.statementTimeout = statementTimeout
        self.enabled = enabled
    }
}
