import CivilTime

/// Finds the grid on which a table's newest partitions lie.
struct GridReader {
    let keyType: PartitionKeyType
    let definition: PartitionSetDefinition?
    let server: ServerFacts
    let zones: [String: ZoneSample]

    struct Reading {
        var grid: PartitionGrid
        var explanation: String
        /// The first day of the period that the partition spans; nil when it does not lie on the grid.
        var firstDay: (BoundedPartition) -> CivilDate?
    }

    /// - Parameter siblings: oldest first.
    func read(_ siblings: [BoundedPartition]) throws(NotUnderstood) -> Reading {
        if let zone = definition?.zone, zones[zone] == nil, !Self.isUTC(zone) {
            throw NotUnderstood(
                reason: .unknownZone, explanation: "the server knows no time zone '\(zone)'",
                setting: "zone: an IANA name that stands in pg_timezone_names")
        }
        let newest = Array(siblings.suffix(InferenceWindow.interval))
        guard let last = newest.last else { return try withoutSiblings() }

        for grid in candidates(for: last) where newest.allSatisfy({ firstDay(of: $0, on: grid) != nil }) {
            return reading(grid, from: newest)
        }
        // A grid can be given even where the standing partitions do not lie on it, as long as the newest ends on
        // one of its boundaries: then no sliver is left between the old habit and the new one.
        if let interval = definition?.interval {
            for clock in clocks {
                let grid = PartitionGrid(interval: interval, clock: clock)
                if let day = day(at: last.upper, clock: clock, offset: 0), interval.start(of: day) == day {
                    return reading(grid, from: newest)
                }
            }
        }
        throw mismatch(newest)
    }

    private func withoutSiblings() throws(NotUnderstood) -> Reading {
        guard let interval = definition?.interval else {
            throw NotUnderstood(
                reason: .unknownInterval, explanation: "it has no partition from which the interval could be read",
                setting: "interval: month, naming: \"name_{YYYY}_{MM}\"")
        }
        return reading(PartitionGrid(interval: interval, clock: clocks[0]), from: [])
    }

    /// What a bound may be a reading of, most likely first.
    private var clocks: [PartitionGrid.Clock] {
        guard keyType.isZoned else { return [.civil] }
        if let zone = definition?.zone { return [Self.isUTC(zone) ? .utc : .zone(zone)] }
        return Self.isUTC(server.timeZone) ? [.utc] : [.utc, .zone(server.timeZone)]
    }

    /// Grids that fit the newest partition: those on the calendar's own boundaries first, in each zone, then
    /// shifted ones.
    private func candidates(for partition: BoundedPartition) -> [PartitionGrid] {
        let intervals = definition?.interval.map { [$0] } ?? CalendarInterval.allCases
        let onCalendar = clocks.flatMap { clock in
            intervals.map { PartitionGrid(interval: $0, clock: clock) }
        }
        let shifted = clocks.compactMap { clock -> [PartitionGrid]? in
            if case .zone = clock { return nil }
            return intervals.compactMap { interval in
                let boundary = Instant(midnightOf: interval.start(of: partition.lower.date))
                let offset = partition.lower.microseconds - boundary.microseconds
                let limit = Int64(interval.largestOffsetDays + 1) * Instant.microsecondsPerDay
                guard offset > 0, offset < limit else { return nil }
                return PartitionGrid(interval: interval, clock: clock, offset: offset)
            }
        }.flatMap { $0 }
        return onCalendar + shifted
    }

    /// The day whose beginning, shifted, is `point`.
    private func day(at point: Instant, clock: PartitionGrid.Clock, offset: Int64) -> CivilDate? {
        switch clock {
        case .civil, .utc:
            let unshifted = point.adding(microseconds: -offset)
            return unshifted.microsecondsOfDay == 0 ? unshifted.date : nil
        case .zone(let zone):
            guard let day = zones[zone]?.days[point], day.startsAt == point else { return nil }
            return day.date
        }
    }

    private func firstDay(of partition: BoundedPartition, on grid: PartitionGrid) -> CivilDate? {
        guard let first = day(at: partition.lower, clock: grid.clock, offset: grid.offset),
            let end = day(at: partition.upper, clock: grid.clock, offset: grid.offset),
            grid.interval.start(of: first) == first, grid.interval.advance(first, by: 1) == end
        else { return nil }
        return first
    }

    private func reading(_ grid: PartitionGrid, from newest: [BoundedPartition]) -> Reading {
        let clock =
            switch grid.clock {
            case .civil: "civil bounds"
            case .utc: "midnights in UTC"
            case .zone(let zone): "midnights in \(zone)"
            }
        let shift = grid.offset == 0 ? "" : ", shifted by \(grid.offset / 1_000_000) s"
        let source =
            definition?.interval != nil
            ? "the configuration"
            : "the bounds of \(newest.map { $0.partition.name.description }.joined(separator: " and "))"
        return Reading(
            grid: grid, explanation: "one partition a \(grid.interval), \(clock)\(shift), from \(source)",
            firstDay: { firstDay(of: $0, on: grid) })
    }

    private func mismatch(_ newest: [BoundedPartition]) -> NotUnderstood {
        let spans = newest.map { sibling in
            "\(sibling.partition.name) [\(keyType.literal(sibling.lower)), \(keyType.literal(sibling.upper)))"
        }.joined(separator: " and ")
        let zonesTried = clocks.map { clock in
            switch clock {
            case .civil: "without a zone"
            case .utc: "in UTC"
            case .zone(let zone): "in \(zone)"
            }
        }.joined(separator: " or ")
        let expected = (definition?.interval).map { "a \($0)" } ?? "one day, week, month, quarter or year each"
        return NotUnderstood(
            reason: .unknownInterval,
            explanation: "its newest partitions \(spans) do not span \(expected) \(zonesTried)",
            setting: "zone: the zone whose midnights the bounds are, or interval: what is to follow")
    }

    /// Names under which the server has a zone that is UTC and nothing else.
    static func isUTC(_ zone: String) -> Bool {
        ["utc", "etc/utc", "gmt", "etc/gmt", "uct", "etc/uct", "zulu", "etc/zulu", "universal", "etc/universal"]
            .contains(zone.lowercased())
    }
}
