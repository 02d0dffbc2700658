import CivilTime

/// What the server has to be asked about time zones before partitions can be planned; nothing about UTC.
package struct ZoneQuestions: Hashable, Sendable {
    package var zones: [String]
    /// The instants whose local day is needed: the current one, and all finite bounds.
    package var instants: [Instant]
    /// The first and the last day of those whose midnight is needed, both inclusive.
    package var firstDay: CivilDate
    package var lastDay: CivilDate

    /// nil if there is nothing to ask: the zones of all sets are UTC, and so is the TimeZone of sessions.
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
        instants = uppers.union(partitions.compactMap(\.lower.instant)).filter(Self.calendar.contains).union([now])
            .sorted()
        (firstDay, lastDay) = Self.days(of: definition, tables: tables, now: now)
    }

    /// Of what is beyond that the local day may be none that the server has: the years 1 to 9999.
    static let calendar =
        Instant(
            midnightOf: CivilDate(daysSinceEpoch: -719_162))...Instant(midnightOf: CivilDate(daysSinceEpoch: 2_932_896))

    /// The first and the last day of those whose midnights may be needed.
    package static func days(
        of definition: DatabaseDefinition, tables: [PartitionedTable], now: Instant
    ) -> (first: CivilDate, last: CivilDate) {
        let uppers = tables.lazy.flatMap(\.partitions).compactMap(\.upper.instant)
        let fillsGaps = definition.partitions.fillGaps || definition.partitionSets.contains { $0.fillGaps == true }
        // Gaps begin where partitions end. The lower bound of the oldest does not matter: it may be '0001-01-01'.
        let oldest = fillsGaps ? min(uppers.filter { $0 >= Self.calendar.lowerBound }.min() ?? now, now) : now
        let sets = Dictionary(definition.partitionSets.map { ($0.table, $0) }, uniquingKeysWith: { first, _ in first })
        let daysAhead =
            tables.map { table in
                let set = sets[table.name]
                let premake = max(0, set?.premake ?? definition.partitions.premake)
                return (premake + 2) * Self.longestPeriod(of: table, interval: set?.interval)
            }.max() ?? 0
        // One more period, of the longest interval: the current period began before now. And whether a zone parts from UTC
        // within two years.
        return (CalendarInterval.year.advance(oldest.date, by: -1), now.date.adding(days: max(daysAhead, 2 * 366)))
    }

    /// An upper limit for the length of a period, in days: without a configured interval, that of the newest partition,
    /// which will be continued.
    private static func longestPeriod(of table: PartitionedTable, interval: CalendarInterval?) -> Int {
        switch interval {
        case .day: return 1
        case .week: return 7
        case .month: return 31
        case .quarter: return 92
        case .year: return 366
        case nil:
            guard let newest = table.newestBounded(1).last else { return 0 }
            // February (28 days) is followed by a month of 31, a quarter of 90 days by one of 92; a clock change takes
            // an hour.
            return min(366, newest.upper.date.daysSinceEpoch - newest.lower.date.daysSinceEpoch + 4)
        }
    }
}
