import CivilTime
import SQLText

/// How much the rows of a partitioned table have changed, which are in its leaves, and whether it has statistics.
package struct TableChanges: Hashable, Sendable {
    /// How many leaves it has that are tables.
    package var leaves: Int
    /// Rows that were inserted, updated and deleted since the server counts them.
    package var count: Int64
    /// As many rows as the server estimates.
    package var rows: Int64
    /// The server's `autovacuum_analyze_threshold` and `autovacuum_analyze_scale_factor`.
    package var threshold: Int64
    package var scaleFactor: Double
    /// Whether it was ever analyzed, as its entry in the catalog says.
    package var isAnalyzed: Bool
    /// nil also if the server has lost its counters since.
    package var lastAnalyzed: Instant?
    /// Whether pgtend's role has MAINTAIN.
    package var mayMaintain: Bool
    /// A leaf that is a foreign table.
    package var foreignTable: RelationName?
    /// A leaf that belongs to another role, or a partitioned table between.
    package var othersLeaf: OthersLeaf?
    /// nil where its schema belongs to its owner or to a superuser.
    package var foreignSchema: ForeignSchema?
    /// Code of others that ANALYZE would run.
    package var foreignCode: ForeignCode?

    package struct OthersLeaf: Hashable, Sendable {
        package var name: RelationName
        package var owner: String

        package init(name: RelationName, owner: String) {
            self.name = name
            self.owner = owner
        }
    }

    package init(
        leaves: Int = 1, count: Int64 = 0, rows: Int64 = 0, threshold: Int64 = 50, scaleFactor: Double = 0.1,
        isAnalyzed: Bool = true, lastAnalyzed: Instant? = nil, mayMaintain: Bool = false,
        foreignTable: RelationName? = nil, othersLeaf: OthersLeaf? = nil, foreignCode: ForeignCode? = nil
    ) {
        self.leaves = leaves
        self.count = count
        self.rows = rows
        self.threshold = threshold
        self.scaleFactor = scaleFactor
        self.isAnalyzed = isAnalyzed
        self.lastAnalyzed = lastAnalyzed
        self.mayMaintain = mayMaintain
        self.foreignTable = foreignTable
        self.othersLeaf = othersLeaf
        self.foreignCode = foreignCode
    }
}

extension TableChanges {
    package enum Need: Hashable, Sendable {
        case noStatistics
        /// More than autovacuum lets a table change.
        case changed(Int64, of: Int64)
        case notYet(Int64, of: Int64)
        /// From now on they are counted, as what they are counted from is not known.
        case baseline(reason: String)
        case unknown(reason: String)
    }

    /// Whether the table is to be analyzed, by what was noted when it was last, or first seen.
    package func need(_ memory: Remembered.Memory?, ignorance: String?) -> Need {
        if !isAnalyzed { return .noStatistics }
        if let ignorance { return .unknown(reason: ignorance) }
        guard let memory, let known = memory.texts[Self.key].flatMap({ Int64($0) }) else {
            return .baseline(reason: "it is seen for the first time")
        }
        if let lastAnalyzed, lastAnalyzed > memory.notedAt {
            return .baseline(reason: "it was analyzed since by somebody else, or by a run that was killed")
        }
        if count < known { return .baseline(reason: "the server has begun to count anew, or a partition has gone") }
        let (changed, limit) = (count - known, self.limit)
        return Double(changed) > limit ? .changed(changed, of: Int64(limit)) : .notYet(changed, of: Int64(limit))
    }

    /// As autovacuum computes it; far below what an `Int64` holds.
    private var limit: Double { min(max(0, Double(threshold) + scaleFactor * Double(rows)), 1e18) }

    private static let key = "changes"

    /// What the next plan has to know once the table is analyzed.
    package static func memory(of count: Int64) -> [String: String] { [key: "\(count)"] }
}
