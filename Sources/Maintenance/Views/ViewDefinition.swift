import CivilTime
import SQLText

/// The settings for all materialized views of a database, unless the definition of a view overrides them.
package struct ViewDefaults: Hashable, Sendable {
    /// Whether views are discovered in the watched schemas.
    package var discover: Bool
    /// What to do with a populated view that has no index for refreshing it concurrently.
    package var blocking: BlockingRefresh
    /// The time limit for one refresh (`statement_timeout`).
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

extension TaskTraits {
    static let views = TaskTraits(
        lockNumber: 2, section: "views", isLong: true, schedule: \.views.schedule, discovers: \.views.discover,
        names: { !$0.viewDefinitions.isEmpty }, plan: { ViewPlanner(definition: $0, snapshot: $1).plan() })
}

/// Whether a refresh may make the view's readers wait (ACCESS EXCLUSIVE on the view).
package enum BlockingRefresh: String, CaseIterable, Hashable, Sendable {
    case refuse
    case allow
}

/// A materialized view that the configuration names. nil uses the default.
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
