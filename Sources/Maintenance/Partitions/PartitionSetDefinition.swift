import CivilTime
import SQLText

/// The settings for all partition sets of a database, unless the definition of a set overrides them.
package struct PartitionDefaults: Hashable, Sendable {
    /// Whether sets are discovered in the watched schemas.
    package var discover: Bool
    /// How many periods after the current one must have a partition.
    package var premake: Int
    /// Whether partitions are also created for past periods: between existing partitions, and between the newest one
    /// and the current period.
    package var fillGaps: Bool
    package var runway: RunwayLimits
    package var schedule: TaskSchedule
    package var analysis: AnalysisDefaults

    package init(
        discover: Bool = true, premake: Int = 3, fillGaps: Bool = false, runway: RunwayLimits = RunwayLimits(),
        schedule: TaskSchedule = TaskSchedule(.every(.seconds(3600))),
        analysis: AnalysisDefaults = AnalysisDefaults()
    ) {
        self.analysis = analysis
        self.discover = discover
        self.premake = premake
        self.fillGaps = fillGaps
        self.runway = runway
        self.schedule = schedule
    }
}

extension TaskTraits {
    static let partitions = TaskTraits(
        lockNumber: 1, section: "partitions", isLong: false, schedule: \.partitions.schedule,
        discovers: \.partitions.discover, names: { !$0.partitionSets.isEmpty },
        plan: { PartitionPlanner(definition: $0, snapshot: $1).plan() })
}

/// A partition set that the configuration names. nil uses what is inferred, or the default.
package struct PartitionSetDefinition: Hashable, Sendable {
    package var table: RelationName
    package var interval: CalendarInterval?
    /// The IANA zone in which the bounds of a `timestamptz` key are midnights; for other keys, the zone of their local
    /// times.
    package var zone: String?
    package var premake: Int?
    package var naming: NamingPattern?
    package var fillGaps: Bool?
    package var runway: RunwayLimits
    /// Whether one partition goes from a last bound that lies off the grid to a boundary of the grid.
    package var bridge: Bool
    /// False leaves the table alone.
    package var enabled: Bool

    package init(
        table: RelationName, interval: CalendarInterval? = nil, zone: String? = nil, premake: Int? = nil,
        naming: NamingPattern? = nil, fillGaps: Bool? = nil, runway: RunwayLimits = RunwayLimits(),
        bridge: Bool = false, enabled: Bool = true
    ) {
        self.runway = runway
        self.bridge = bridge
        self.table = table
        self.interval = interval
        self.zone = zone
        self.premake = premake
        self.naming = naming
        self.fillGaps = fillGaps
        self.enabled = enabled
    }
}
