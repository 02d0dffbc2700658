import CivilTime
import SQLText

/// What holds for every partition set of a database that does not say otherwise.
package struct PartitionDefaults: Hashable, Sendable {
    /// Whether sets are looked for in the watched schemas.
    package var discover: Bool
    /// How many periods after the current one must have a partition.
    package var premake: Int
    /// Whether periods that lie between existing partitions, or between the newest one and now, are created too.
    package var fillGaps: Bool
    package var schedule: TaskSchedule

    package init(
        discover: Bool = true, premake: Int = 3, fillGaps: Bool = false,
        schedule: TaskSchedule = TaskSchedule(.every(.seconds(3600)))
    ) {
        self.discover = discover
        self.premake = premake
        self.fillGaps = fillGaps
        self.schedule = schedule
    }
}

/// A partition set that the configuration names. `nil` means: as discovered, or as the defaults say.
package struct PartitionSetDefinition: Hashable, Sendable {
    package var table: RelationName
    package var interval: CalendarInterval?
    /// The IANA zone in which the bounds of a `timestamptz` key are midnights.
    package var zone: String?
    package var premake: Int?
    package var naming: NamingPattern?
    package var fillGaps: Bool?
    /// False leaves the table alone.
    package var enabled: Bool

    package init(
        table: RelationName, interval: CalendarInterval? = nil, zone: String? = nil, premake: Int? = nil,
        naming: NamingPattern? = nil, fillGaps: Bool? = nil, enabled: Bool = true
    ) {
        self.table = table
        self.interval = interval
        self.zone = zone
        self.premake = premake
        self.naming = naming
        self.fillGaps = fillGaps
        self.enabled = enabled
    }
}
