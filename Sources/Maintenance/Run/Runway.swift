import CivilTime
import SQLText

/// Until when the rows of a table have a partition of their own.
package struct Runway: Hashable, Sendable {
    package var table: RelationName
    /// The end of the unbroken range of partitions that holds now (a DEFAULT partition does not count);
    /// nil when now itself has none.
    package var until: Instant?
    /// False for `timestamp` and `date` keys, whose bounds are a clock without a zone.
    package var isZoned: Bool
    /// From the reading of the catalog to `until`, both on the axis of the key: for a key without a zone it is no
    /// difference to UTC, but to what the clock showed in the key's zone.
    package var remaining: Duration?
    /// True when a partition without an upper bound takes everything to come.
    package var isUnbounded: Bool
    /// The DEFAULT partition that takes the rows for now, where they have no other.
    package var defaultPartition: RelationName?

    package init(
        table: RelationName, until: Instant?, isZoned: Bool, remaining: Duration? = nil, isUnbounded: Bool = false,
        defaultPartition: RelationName? = nil
    ) {
        self.table = table
        self.until = until
        self.isZoned = isZoned
        self.remaining = remaining
        self.isUnbounded = isUnbounded
        self.defaultPartition = defaultPartition
    }

    /// Whether a row for now has no partition of its own: it goes to the DEFAULT partition, or is refused.
    package var isExhausted: Bool { until == nil && !isUnbounded }
}
