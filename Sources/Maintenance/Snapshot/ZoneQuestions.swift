import CivilTime

/// What the server has to be asked about zones before partitions can be planned. UTC needs no question.
package struct ZoneQuestions: Hashable, Sendable {
    package var zones: [String]
    /// The instants whose local day is needed: now, and the bounds of `timestamptz` keys.
    package var instants: [Instant]
    /// The range of days whose midnight is needed, both ends included.
    package var firstDay: CivilDate
    package var lastDay: CivilDate

    /// nil when every set lies in UTC or has no zone.
    package init?(definition: DatabaseDefinition, tables: [PartitionedTable], server: ServerFacts, now: Instant) {
        let zoned = tables.contains { table in
            if case .column(_, let type) = table.key { type == PartitionKeyType.timestamptz.rawValue } else { false }
        }
        let inferred = zoned ? [server.timeZone] : []
        zones = Set(definition.partitionSets.compactMap(\.zone) + inferred).filter { !GridReader.isUTC($0) }.sorted()
        guard !zones.isEmpty else { return nil }
        let bounds = tables.flatMap(\.boundedPartitions).flatMap { [$0.lower, $0.upper] }
        instants = Set(bounds + [now]).sorted()
        let fillsGaps = definition.partitions.fillGaps || definition.partitionSets.contains { $0.fillGaps == true }
        let oldest = fillsGaps ? bounds.min() ?? now : now
        let premake = max(definition.partitions.premake, definition.partitionSets.compactMap(\.premake).max() ?? 0)
        // One period more on both sides, of the longest interval: the current period began before now.
        firstDay = CalendarInterval.year.advance(min(oldest, now).date, by: -1)
        lastDay = CalendarInterval.year.advance(now.date, by: premake + 2)
    }
}
