import CivilTime
import SQLText

/// Infers the grid on which the newest partitions of a table lie, or takes it from the configuration.
struct GridInference {
    let keyType: PartitionKeyType
    let definition: PartitionSetDefinition?
    let server: ServerFacts
    let zones: [String: ZoneSample]
    let now: Instant

    struct Result {
        var grid: PartitionGrid
        var explanation: String
        /// The newest partitions that lie on the grid, oldest first, each with the first day of its period.
        var onGrid: [(sibling: BoundedPartition, firstDay: CivilDate)]
    }

    /// - Parameters:
    ///   - siblings: the newest partitions with two finite bounds, as many as `InferenceWindow.zone`, oldest first.
    ///   - unbounded: partitions without two finite bounds, to be named in the error if there are no siblings.
    func infer(from siblings: [BoundedPartition], unbounded: [RelationName]) throws(InferenceFailure) -> Result {
        if let zone = definition?.zone, zones[zone] == nil, !Self.isUTC(zone) {
            throw InferenceFailure(
                reason: .unknownZone,
                explanation: "the server knows no time zone '\(zone)': pg_timezone_names has those that it knows")
        }
        let newest = siblings.suffix(InferenceWindow.interval)
        guard let last = newest.last else { return try withoutSiblings(unbounded) }

        let clocks = try clocks(of: siblings)
        for grid in candidates(for: last, clocks) where newest.allSatisfy({ firstDay(of: $0, on: grid) != nil }) {
            guard isSure(grid, siblings) else { continue }
            return result(grid, from: siblings)
        }
        // The configuration may set a grid on which the existing partitions do not lie, as long as the newest one ends
        // on one of its boundaries, so that no gap is left in between, or the gap may be bridged.
        if let interval = definition?.interval {
            for clock in clocks where isSure(clock, siblings) {
                let grid = PartitionGrid(interval: interval, clock: clock)
                if definition?.bridge == true || grid.period(beginningAt: last.upper, zones: zones) != nil {
                    return result(grid, from: siblings)
                }
            }
        }
        throw mismatch(Array(newest), siblings)
    }

    private func withoutSiblings(_ unbounded: [RelationName]) throws(InferenceFailure) -> Result {
        guard let interval = definition?.interval else {
            let names = unbounded.map(\.description).joined(separator: " and ")
            let explanation =
                switch unbounded.count {
                case 0: "it has no partition from which the interval could be read"
                case 1: "its only partition \(names) has no finite bounds from which the interval could be read"
                default: "its partitions \(names) have no finite bounds from which the interval could be read"
                }
            throw InferenceFailure(reason: .unknownInterval, explanation: explanation)
        }
        return result(PartitionGrid(interval: interval, clock: try clocks(of: [])[0]), from: [])
    }

    /// Whether all bounds agree with a clock that nobody has configured.
    private func isSure(_ clock: PartitionGrid.Clock, _ siblings: [BoundedPartition]) -> Bool {
        definition?.zone != nil || !keyType.isZoned || siblings.allSatisfy { isBetweenMidnights($0, clock) }
    }

    private func isSure(_ grid: PartitionGrid, _ siblings: [BoundedPartition]) -> Bool {
        // Whole days are no matter of a zone.
        guard grid.offset % Instant.microsecondsPerDay != 0 else { return isSure(grid.clock, siblings) }
        if definition?.bridge == true { return false }
        // Who configures the zone of local times says that the bounds are local times.
        return isConstant(grid.offset, siblings) || !keyType.isZoned && definition?.zone != nil
    }

    /// How bounds may have to be interpreted, whatever they are.
    private var possibleClocks: [PartitionGrid.Clock] {
        guard keyType.isZoned else { return [.civil] }
        if let zone = definition?.zone { return [Self.isUTC(zone) ? .utc : .zone(zone)] }
        return Self.isUTC(server.timeZone) ? [.utc] : [.utc, .zone(server.timeZone)]
    }

    /// How the bounds are to be interpreted, as far as all of them tell: the midnights of London are those of UTC for half
    /// of the year. Nothing is guessed: of two zones that fit and will part, one has to be configured.
    private func clocks(of siblings: [BoundedPartition]) throws(InferenceFailure) -> [PartitionGrid.Clock] {
        guard keyType.isZoned, definition?.zone == nil else { return possibleClocks }
        let fitting = possibleClocks.filter { clock in siblings.allSatisfy { isBetweenMidnights($0, clock) } }
        if fitting.count > 1, let parting {
            let found =
                siblings.isEmpty
                ? "its first bounds could be midnights in UTC or in" : "its bounds are midnights in UTC and in"
            throw InferenceFailure(
                reason: .unknownZone, explanation: "\(found) \(server.timeZone), which part on \(parting)")
        }
        // A shift is one from midnights in UTC.
        return fitting.isEmpty ? [.utc] : [fitting[0]]
    }

    private func isBetweenMidnights(_ sibling: BoundedPartition, _ clock: PartitionGrid.Clock) -> Bool {
        let days = PartitionGrid(interval: .day, clock: clock)
        return [sibling.lower, sibling.upper].allSatisfy { days.period(beginningAt: $0, zones: zones) != nil }
    }

    /// The first day of the next two years whose midnight is another one in the zone of the sessions than in UTC.
    private var parting: CivilDate? {
        let midnights = zones[server.timeZone]?.midnights ?? [:]
        return midnights.filter { $0.key >= now.date && $0.value != Instant(midnightOf: $0.key) }.keys.min()
    }

    /// Whether the bounds show that the shift of a day's beginning is the same in June to August and in December to
    /// February: where clocks are changed, they differ then. A key without a zone may hold the midnights of one as UTC
    /// has them.
    private func isConstant(_ offset: Int64, _ siblings: [BoundedPartition]) -> Bool {
        let shift = offset % Instant.microsecondsPerDay
        let bounds = siblings.flatMap { [$0.lower, $0.upper] }
        return bounds.allSatisfy { $0.microsecondsOfDay == shift } && bounds.showBothHalves
    }

    /// The grids to try: first those on the boundaries of the calendar, in each zone, then those that are shifted so
    /// that `partition` begins on them.
    private func candidates(for partition: BoundedPartition, _ clocks: [PartitionGrid.Clock]) -> [PartitionGrid] {
        let intervals = definition?.interval.map { [$0] } ?? CalendarInterval.allCases
        let onCalendar = clocks.flatMap { clock in
            intervals.map { PartitionGrid(interval: $0, clock: clock) }
        }
        let shifted = clocks.flatMap { clock -> [PartitionGrid] in
            // In a zone with clock changes, the shift would not be constant.
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

    private func result(_ grid: PartitionGrid, from siblings: [BoundedPartition]) -> Result {
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
        return Result(
            grid: grid, explanation: "one partition a \(grid.interval), \(clock)\(shift), from \(source)",
            onGrid: siblings.compactMap { sibling in
                firstDay(of: sibling, on: grid).map { (sibling, $0) }
            })
    }

    private func described(_ sibling: BoundedPartition) -> String {
        "\(sibling.partition.name) \(keyType.range(sibling.lower, sibling.upper))"
    }

    /// "6 days", "5 hours", "1 day 5 hours"; where the rest is not whole hours, it is in seconds.
    ///
    /// - Parameter offset: in microseconds.
    private static func described(_ offset: Int64) -> String {
        let (days, rest) = (offset / Instant.microsecondsPerDay, offset % Instant.microsecondsPerDay)
        let isWholeHours = rest % 3_600_000_000 == 0
        let parts = [
            (days, "day"), isWholeHours ? (rest / 3_600_000_000, "hour") : (rest / 1_000_000, "second"),
        ]
        return parts.filter { $0.0 != 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " ")
    }

    private func mismatch(_ newest: [BoundedPartition], _ siblings: [BoundedPartition]) -> InferenceFailure {
        let spans = newest.map(described).joined(separator: " and ")
        let zonesTried = possibleClocks.map { clock in
            switch clock {
            case .civil: "without a zone"
            case .utc: "in UTC"
            case .zone(let zone): "in \(zone)"
            }
        }.joined(separator: " or ")
        let isOpen = keyType.isZoned && definition?.zone == nil
        let isOfNoZone =
            isOpen && !possibleClocks.contains { clock in siblings.allSatisfy { isBetweenMidnights($0, clock) } }
        if isOpen,
            let clock = possibleClocks.first(where: { clock in newest.allSatisfy { isBetweenMidnights($0, clock) } }),
            let stray = siblings.last(where: { !isBetweenMidnights($0, clock) })
        {
            return InferenceFailure(
                reason: .unknownZone,
                explanation: "its newest partitions \(spans) begin and end at midnight \(zonesTried), "
                    + "but not so \(described(stray))",
                isOfNoZone: isOfNoZone)
        }
        if let last = newest.last, Instant.microsecondsPerDay - last.upper.microsecondsOfDay <= 1_000_000 {
            return InferenceFailure(
                reason: .unknownInterval,
                explanation:
                    "its newest partitions \(spans) end just before midnight: an upper bound is exclusive, and "
                    + "rows of that last moment have no partition", isOfNoZone: isOfNoZone)
        }
        let expected = (definition?.interval).map { "a \($0)" } ?? "one day, week, month, quarter or year each"
        return InferenceFailure(
            reason: .unknownInterval,
            explanation: "its newest partitions \(spans) do not span \(expected) \(zonesTried), and pgtend has no "
                + "other intervals",
            isOfNoZone: isOfNoZone)
    }

    /// Whether the name is one of the server's names for UTC.
    static func isUTC(_ zone: String) -> Bool {
        ["utc", "etc/utc", "gmt", "etc/gmt", "uct", "etc/uct", "zulu", "etc/zulu", "universal", "etc/universal"]
            .contains(zone.lowercased())
    }
}

extension [Instant] {
    /// Whether some are in June to August and some in December to February: where clocks are changed, midnights differ then.
    var showBothHalves: Bool {
        let months = map(\.date.month)
        return months.contains(where: (6...8).contains) && months.contains { $0 == 12 || $0 <= 2 }
    }
}
