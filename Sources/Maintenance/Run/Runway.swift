import CivilTime
import SQLText

/// How far into the future a table has partitions without a gap.
package struct Runway: Hashable, Sendable {
    package var table: RelationName
    /// The exclusive end of the gapless range of partitions that contains the current moment, not counting a DEFAULT
    /// partition; nil if the current moment has no partition, or the range no end.
    package var until: Instant?
    /// False for `timestamp` and `date` keys, whose bounds have no time zone: `until` is then local time, as if in UTC.
    package var isZoned: Bool
    /// From the moment of the snapshot to `until`. For a key without a time zone, the moment of the snapshot is taken
    /// as local time in the zone of the key too.
    package var remaining: Duration?
    /// Whether the range ends in a partition without an upper bound (MAXVALUE or `infinity`).
    package var isUnbounded: Bool
    /// The DEFAULT partition that takes rows for the current moment if no other partition does.
    package var defaultPartition: RelationName?
    /// How little of it is trouble.
    package var alarm: RunwayAlarm

    package init(
        table: RelationName, until: Instant?, isZoned: Bool, remaining: Duration? = nil, isUnbounded: Bool = false,
        defaultPartition: RelationName? = nil, alarm: RunwayAlarm = RunwayAlarm()
    ) {
        self.alarm = alarm
        self.table = table
        self.until = until
        self.isZoned = isZoned
        self.remaining = remaining
        self.isUnbounded = isUnbounded
        self.defaultPartition = defaultPartition
    }

    /// Whether no partition covers the current moment: a row for it goes to the DEFAULT partition, or is rejected.
    package var isExhausted: Bool { until == nil && !isUnbounded }
}
