import CivilTime

/// What the server has to be asked about zones before partitions can be planned. UTC needs no question.
package struct ZoneQuestions: Hashable, Sendable {
    package var zones: [String]
    /// The instants whose local day is needed: now, and the bounds of `timestamptz` keys.
    package var instants: [Instant]
    /// The range of days whose midnight is needed, both ends included.
    package var firstDay: CivilDate
    package var lastDay: CivilDate

    /// nil when every set lies in UTC, and so do the sessions that write into keys without a zone.
    package init?(definition: DatabaseDefinition, tables: [PartitionedTable], server: ServerFacts, now: Instant) {
        let keyTypes = tables.compactMap { table -> PartitionKeyType? in
            guard case .column(_, let type) = table.key else { return nil }
            return PartitionKeyType(rawValue: type)
        }
        let inferred = keyTypes.isEmpty ? [] : [server.timeZone]
        zones = Set(definition.partitionSets.compactMap(\.zone) + inferred).filter { !GridInference.isUTC($0) }.sorted()
        guard !zones.isEmpty else { return nil }
        let partitions = tables.lazy.flatMap(\.partitions)
        let uppers = Set(partitions.compactMap(\.upper.instant))
        instants = uppers.union(partitions.compactMap(\.lower.instant)).union([now]).sorted()
        let fillsGaps = definition.partitions.fillGaps || definition.partitionSets.contains { $0.fillGaps == true }
        // A gap begins where a partition ends; where the oldest begins ('0001-01-01') does not matter.
        let oldest = fillsGaps ? min(uppers.min() ?? now, now) : now
        // One period more on both sides, of the longest interval: the current period began before now.
        firstDay = CalendarInterval.year.advance(oldest.date, by: -1)
        let sets = Dictionary(definition.partitionSets.map { ($0.table, $0) }, uniquingKeysWith: { first, _ in first })
        let daysAhead =
            tables.map { table in
                let set = sets[table.name]
                let premake = max(0, set?.premake ?? definition.partitions.premake)
                return (premake + 2) * Self.longestPeriod(of: table, interval: set?.interval)
            }.max() ?? 0
        lastDay = now.date.adding(days: daysAhead)
    }

    /// In days, and rather too long: the newest partition's, since that is what will be continued.
    private static func longestPeriod(of table: PartitionedTable, interval: CalendarInterval?) -> Int {
        switch interval {
        case .day: return 1
        case .week: return 7
        case .month: return 31
        case .quarter: return 92
        case .year: return 366
        case nil:
            guard let newest = table.newestBounded(1).last else { return 0 }
            // February's 28 days are followed by 31, a quarter's 90 by 92; a clock change takes an hour.
            return min(366, newest.upper.date.daysSinceEpoch - newest.lower.date.daysSinceEpoch + 4)
        }
    }
}
