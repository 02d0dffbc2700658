import CivilTime
import SQLText

/// A partitioned table with everything that is needed to create further partitions, inferred or configured.
package struct PartitionSet: Hashable, Sendable {
    package var table: PartitionedTable
    package var keyColumn: String
    package var keyType: PartitionKeyType
    package var grid: PartitionGrid
    package var naming: NamingPattern
    /// The schema of new partitions.
    package var schema: String
    package var premake: Int
    package var fillGaps: Bool
    /// Whether the newest partition may end off the grid: a first new one bridges what is between.
    package var bridge: Bool
    /// What was inferred, and from what; for people.
    package var explanation: String
    /// What will keep it from being continued one day, though nothing does now; for people.
    package var doubt: String?
}

/// How many of the newest partitions are examined, all of which have to agree.
enum InferenceWindow {
    /// For the interval: a set may have changed it, and the newest one is continued.
    static let interval = 2
    /// For the zone: only the bounds of a year tell it, and days have a bound each.
    static let zone = 400
    /// For names: the more of them, the fewer patterns fit.
    static let naming = 12
}

/// Infers the properties of a set from its table's partitions; those that the definition sets are taken from there.
struct PartitionInference {
    var definition: PartitionSetDefinition?
    let defaults: PartitionDefaults
    let server: ServerFacts
    var zones: [String: ZoneSample]
    let now: Instant

    func infer(_ table: PartitionedTable) throws(InferenceFailure) -> PartitionSet {
        let (column, keyType) = try PartitionSet.key(of: table)
        let siblings = table.newestBounded(InferenceWindow.zone)
        if let newest = siblings.last, newest.partition.isPartitioned {
            throw InferenceFailure(
                reason: .subpartitioned,
                explanation: "its newest partition \(newest.partition.name) is partitioned itself, "
                    + "and a new one would have to be so too")
        }
        let inferred = try GridInference(
            keyType: keyType, definition: definition, server: server, zones: zones, now: now
        )
        .infer(from: siblings, unbounded: siblings.isEmpty ? table.partitions.map(\.name) : [])
        var set = PartitionSet(
            table: table, keyColumn: column, keyType: keyType, grid: inferred.grid, naming: NamingPattern(pieces: []),
            schema: siblings.last?.partition.name.schema ?? table.name.schema,
            premake: max(0, definition?.premake ?? defaults.premake),
            fillGaps: definition?.fillGaps ?? defaults.fillGaps, bridge: definition?.bridge ?? false, explanation: "")
        let (naming, source, doubt) = try naming(of: set, inferred)
        set.doubt = doubt
        set.naming = naming
        set.explanation = "\(inferred.explanation); named \(naming), from \(source)"
        return set
    }

    /// The configured pattern, or the one that fits the newest names; if none fits all of them, the one that fits the
    /// newest two, since the naming may have changed.
    private func naming(
        of set: PartitionSet, _ inferred: GridInference.Result
    ) throws(InferenceFailure) -> (NamingPattern, source: String, doubt: String?) {
        let interval = inferred.grid.interval
        let named = inferred.onGrid.map { sibling, firstDay in
            (name: sibling.partition.name.name, days: inferred.grid.namedDays(of: firstDay))
        }
        if let configured = definition?.naming {
            guard configured.distinguishes(interval) else {
                throw InferenceFailure(
                    reason: .unknownNaming,
                    explanation: "the naming \(configured) gives two periods of a \(interval) one name")
            }
            try contradict(configured, inferred, set)
            return (configured, "the configuration", nil)
        }
        let wanted = wanted(of: set, since: set.fillGaps ? inferred.onGrid.first?.firstDay : nil)
        for window in [InferenceWindow.naming, InferenceWindow.interval] {
            let newest = Array(named.suffix(window))
            switch NamingPattern.inferred(
                from: newest, older: named.dropLast(newest.count).reversed(), wanted: wanted,
                later: yearAfter(wanted, of: set), interval: interval)
            {
            case .pattern(let pattern): return (pattern, Self.source(newest.count), nil)
            case .doubtful(let pattern, let rival, let days):
                let doubt =
                    "its names can be read as \(pattern) and as \(rival), which part on \(days.first): unless a name shows it "
                    + "before, the table will be refused then; naming says which is meant"
                return (pattern, Self.source(newest.count), doubt)
            case .ambiguous(let one, let other):
                throw InferenceFailure(
                    reason: .unknownNaming,
                    explanation: "its partitions' names can be read as \(one) and as \(other), "
                        + "which call the next ones differently",
                    readings: [one, other])
            case .unknown: continue
            }
        }
        let example = named.last.map { "\($0.name) for \($0.days.first)" } ?? "it has none on the calendar"
        throw InferenceFailure(
            reason: .unknownNaming,
            explanation: "the names of its partitions do not follow from their bounds (\(example))")
    }

    private static func source(_ count: Int) -> String { count == 1 ? "its partition's name" : "\(count) names" }

    /// What is to be named within a year behind that.
    private func yearAfter(_ wanted: [NamedDays], of set: PartitionSet) -> [NamedDays] {
        guard let last = wanted.last?.first else { return [] }
        let count = set.grid.interval.count(from: last, to: CalendarInterval.year.advance(last, by: 1))
        return (1...max(1, count)).map { index in
            let first = set.grid.interval.advance(last, by: index)
            return NamedDays(first: first, end: set.grid.interval.advance(first, by: 1))
        }
    }

    /// The days of the periods that are to have partitions.
    private func wanted(of set: PartitionSet, since first: CivilDate?) -> [NamedDays] {
        guard let current = civilNow(set.keyType).flatMap({ set.grid.period(holding: $0, zones: zones) }) else {
            return []
        }
        let past = first.map { max(0, set.grid.interval.count(from: $0, to: current)) } ?? 0
        return (-past...set.premake).map { set.grid.namedDays(of: set.grid.interval.advance(current, by: $0)) }
    }

    /// The moment in terms of the key. For a key without a time zone, it is local time in the configured zone, or else in the
    /// TimeZone of sessions, as they write it with `now()` and CURRENT_DATE. nil where the server did not say.
    func civilNow(_ keyType: PartitionKeyType) -> Instant? {
        let zone = definition?.zone ?? server.timeZone
        if keyType.isZoned || GridInference.isUTC(zone) { return now }
        return zones[zone]?.days[now].map { day in
            Instant(midnightOf: day.date).adding(microseconds: now.microseconds - day.startsAt.microseconds)
        }
    }

    /// A pattern that gives another period the name that a partition has would leave that period without a partition.
    private func contradict(
        _ naming: NamingPattern, _ inferred: GridInference.Result, _ set: PartitionSet
    ) throws(InferenceFailure) {
        guard let oldest = inferred.onGrid.first?.firstDay, let newest = inferred.onGrid.last?.firstDay else { return }
        let grid = inferred.grid
        let standing = grid.interval.count(from: oldest, to: newest)
        var periods = (0...standing).map { grid.namedDays(of: grid.interval.advance(oldest, by: $0)) }
        periods += wanted(of: set, since: nil)
        let named = Dictionary(periods.map { (naming.name(for: $0), $0) }) { first, _ in first }
        for (sibling, firstDay) in inferred.onGrid.reversed() {
            let own = grid.namedDays(of: firstDay)
            guard let other = named[sibling.partition.name.name], other != own else { continue }
            throw InferenceFailure(
                reason: .unknownNaming,
                explanation: "the naming \(naming) calls the \(grid.interval) from \(other.first) "
                    + "\(sibling.partition.name), which is the partition of the one from \(own.first)")
        }
    }
}

extension PartitionSet {
    static func key(of table: PartitionedTable) throws(InferenceFailure) -> (String, PartitionKeyType) {
        guard table.strategy == .range else {
            let strategy = table.strategy == .list ? "LIST" : "HASH"
            throw InferenceFailure(
                reason: .notRangePartitioned,
                explanation: "it is partitioned by \(strategy); only RANGE partitions follow the calendar")
        }
        switch table.key {
        case .several(let columns):
            throw InferenceFailure(
                reason: .severalKeyColumns, explanation: "its key has several columns (\(columns)); one is expected")
        case .expression(let expression):
            throw InferenceFailure(
                reason: .expressionKey,
                explanation: "its key is the expression \(expression); a plain column is expected")
        case .column(let name, let type):
            guard let keyType = PartitionKeyType(rawValue: type) else {
                let known = PartitionKeyType.allCases.map(\.rawValue).joined(separator: ", ")
                throw InferenceFailure(
                    reason: .unsupportedKeyType,
                    explanation: "its key \(name) has the type \(type); one of \(known) is expected")
            }
            return (name, keyType)
        }
    }
}

/// Why no partition set could be inferred from a table.
struct InferenceFailure: Error {
    var reason: Refusal.Reason
    var explanation: String
    /// Whether the bounds are midnights in neither of the zones that were tried.
    var isOfNoZone = false
    /// Of names that can be read in several ways.
    var readings: [NamingPattern] = []
}

/// A partition with two finite bounds.
struct BoundedPartition {
    let partition: Partition
    let lower: Instant
    let upper: Instant
}

extension PartitionedTable {
    /// Sorted by lower bound. Attached partitions never overlap, so this is the order of the upper bounds too.
    var orderedPartitions: [Partition] {
        // Sorts bounds and indices instead of partitions, whose copies cost reference counting for their strings.
        let isOrdered = partitions.indices.dropFirst().allSatisfy { partitions[$0 - 1].lower <= partitions[$0].lower }
        if isOrdered { return partitions }
        return partitions.indices.map { (lower: partitions[$0].lower, place: $0) }
            .sorted { $0.lower < $1.lower }
            .map { partitions[$0.place] }
    }

    /// The newest partition that new ones can copy: not a foreign table, and not itself partitioned.
    package var templatePartition: Partition? {
        newestBounded(.max).last { !$0.partition.isForeign && !$0.partition.isPartitioned }?.partition
    }

    /// The newest `count` partitions with two finite bounds, oldest first.
    func newestBounded(_ count: Int) -> [BoundedPartition] {
        orderedPartitions.reversed().lazy.compactMap { partition -> BoundedPartition? in
            guard case .at(let lower) = partition.lower, case .at(let upper) = partition.upper else { return nil }
            return BoundedPartition(partition: partition, lower: lower, upper: upper)
        }.prefix(count).reversed()
    }
}
