import CivilTime
import SQLText

/// Finds the grid on which a table's newest partitions lie.
struct GridInference {
    let keyType: PartitionKeyType
    let definition: PartitionSetDefinition?
    let server: ServerFacts
    let zones: [String: ZoneSample]

    struct Reading {
        var grid: PartitionGrid
        var explanation: String
        /// The newest partitions that lie on the grid, oldest first, each with the first day of its period.
        var onGrid: [(sibling: BoundedPartition, firstDay: CivilDate)]
    }

    /// - Parameters:
    ///   - siblings: the newest, as many as `InferenceWindow` looks at, oldest first.
    ///   - unbounded: partitions that have no two finite bounds, to be told where there are no siblings.
    func infer(from siblings: [BoundedPartition], unbounded: [RelationName]) throws(InferenceFailure) -> Reading {
        if let zone = definition?.zone, zones[zone] == nil, !Self.isUTC(zone) {
            throw InferenceFailure(
                reason: .unknownZone, explanation: "the server knows no time zone '\(zone)'",
                setting: "zone: an IANA name that stands in pg_timezone_names")
        }
        let newest = siblings.suffix(InferenceWindow.interval)
        guard let last = newest.last else { return try withoutSiblings(unbounded) }

        for grid in candidates(for: last) where newest.allSatisfy({ firstDay(of: $0, on: grid) != nil }) {
            return result(grid, from: siblings)
        }
        // A grid can be given even where the standing partitions do not lie on it, as long as the newest ends on
        // one of its boundaries: then no sliver is left between the old habit and the new one.
        if let interval = definition?.interval {
            for clock in clocks {
                let grid = PartitionGrid(interval: interval, clock: clock)
                if grid.period(beginningAt: last.upper, zones: zones) != nil { return result(grid, from: siblings) }
            }
        }
        throw mismatch(Array(newest))
    }

    private func withoutSiblings(_ unbounded: [RelationName]) throws(InferenceFailure) -> Reading {
        guard let interval = definition?.interval else {
            let names = unbounded.map(\.description).joined(separator: " and ")
            let explanation =
                switch unbounded.count {
                case 0: "it has no partition from which the interval could be read"
                case 1: "its only partition \(names) has no finite bounds from which the interval could be read"
                default: "its partitions \(names) have no finite bounds from which the interval could be read"
                }
            throw InferenceFailure(
                reason: .unknownInterval, explanation: explanation,
                setting: "interval: month, naming: \"name_{YYYY}_{MM}\"")
        }
        return result(PartitionGrid(interval: interval, clock: clocks[0]), from: [])
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
        let shifted = clocks.flatMap { clock -> [PartitionGrid] in
            // Where clocks change, a constant shift is none.
            if case .zone = clock { return [] }
            return intervals.compactMap { interval in
                let boundary = Instant(midnightOf: interval.start(of: partition.lower.date))
                let offset = partition.lower.microseconds - boundary.microseconds
                let limit = Int64(interval.largestOffsetDays + 1) * Instant.microsecondsPerDay
                guard offset > 0, offset < limit else { return nil }
                return PartitionGrid(interval: interval, clock: clock, offset: offset)
            }
        }
        return onCalendar + shifted
    }

    private func firstDay(of partition: BoundedPartition, on grid: PartitionGrid) -> CivilDate? {
        guard let first = grid.period(beginningAt: partition.lower, zones: zones),
            let end = grid.period(beginningAt: partition.upper, zones: zones),
            grid.interval.advance(first, by: 1) == end
        else { return nil }
        return first
    }

    private func result(_ grid: PartitionGrid, from siblings: [BoundedPartition]) -> Reading {
        let newest = siblings.suffix(InferenceWindow.interval)
        let clock =
            switch grid.clock {
            case .civil: "civil bounds"
            case .utc: "midnights in UTC"
            case .zone(let zone): "midnights in \(zone)"
            }
        let shift = grid.offset == 0 ? "" : ", shifted by \(Self.described(grid.offset))"
        let source =
            definition?.interval != nil
            ? "the configuration"
            : "the bounds of \(newest.map { $0.partition.name.description }.joined(separator: " and "))"
        return Reading(
            grid: grid, explanation: "one partition a \(grid.interval), \(clock)\(shift), from \(source)",
            onGrid: siblings.compactMap { sibling in
                firstDay(of: sibling, on: grid).map { (sibling, $0) }
            })
    }

    /// "6 days", "5 hours", "1 day 5 hours"; what is finer than hours in seconds.
    private static func described(_ offset: Int64) -> String {
        let (days, rest) = (offset / Instant.microsecondsPerDay, offset % Instant.microsecondsPerDay)
        let isWholeHours = rest % 3_600_000_000 == 0
        let parts = [
            (days, "day"), isWholeHours ? (rest / 3_600_000_000, "hour") : (rest / 1_000_000, "second"),
        ]
        return parts.filter { $0.0 != 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " ")
    }

    private func mismatch(_ newest: [BoundedPartition]) -> InferenceFailure {
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
        return InferenceFailure(
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
