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
    /// What was inferred, and from what; for people.
    package var explanation: String
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

extension PartitionSet {
    /// Infers the properties of the set from the table's partitions; those that the definition sets are taken from
    /// there.
    static func infer(
        _ table: PartitionedTable, definition: PartitionSetDefinition?, defaults: PartitionDefaults,
        server: ServerFacts, zones: [String: ZoneSample], now: Instant
    ) throws(InferenceFailure) -> PartitionSet {
        let (column, keyType) = try key(of: table)
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
        let (naming, source) = try naming(of: inferred, configured: definition?.naming)
        return PartitionSet(
            table: table, keyColumn: column, keyType: keyType, grid: inferred.grid, naming: naming,
            schema: siblings.last?.partition.name.schema ?? table.name.schema,
            premake: max(0, definition?.premake ?? defaults.premake),
            fillGaps: definition?.fillGaps ?? defaults.fillGaps,
            explanation: "\(inferred.explanation); named \(naming), from \(source)")
    }

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

    /// The configured pattern, or the one that fits the newest names; if none fits all of them, the one that fits the
    /// newest two, since the naming may have changed.
    private static func naming(
        of inferred: GridInference.Result, configured: NamingPattern?
    ) throws(InferenceFailure) -> (NamingPattern, source: String) {
        if let configured {
            guard configured.distinguishes(inferred.grid.interval) else {
                throw InferenceFailure(
                    reason: .unknownNaming,
                    explanation: "the naming \(configured) gives two periods of a \(inferred.grid.interval) one name",
                    setting: "naming: \"name_{YYYY}_{MM}_{DD}\"")
            }
            return (configured, "the configuration")
        }
        let named = inferred.onGrid.map { sibling, firstDay in
            (name: sibling.partition.name.name, start: inferred.grid.nameDay(of: firstDay))
        }
        for window in [InferenceWindow.naming, InferenceWindow.interval] {
            let newest = Array(named.suffix(window))
            if let pattern = NamingPattern.inferred(from: newest, interval: inferred.grid.interval) {
                return (pattern, newest.count == 1 ? "its partition's name" : "\(newest.count) names")
            }
        }
        let example = named.last.map { "\($0.name) for \($0.start)" } ?? "it has none on the calendar"
        throw InferenceFailure(
            reason: .unknownNaming,
            explanation: "the names of its partitions do not follow from their bounds (\(example))",
            setting: "naming: \"name_{YYYY}_{MM}\"")
    }
}

/// Why no partition set could be inferred from a table.
struct InferenceFailure: Error {
    var reason: Refusal.Reason
    var explanation: String
    /// The setting that would make up for it; nil if the table can only be left alone.
    var setting: String?

    func refusal(of table: RelationName) -> Refusal {
        let entry = "partitions.sets: - table: '\(table)'"
        let cure =
            setting.map { "say it in the configuration: \(entry), \($0)" }
            ?? "tend it by hand, and tell pgtend to leave it alone: \(entry), enabled: false"
        return Refusal(task: .partitions, object: table, reason: reason, explanation: explanation, cure: cure)
    }
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
