import SQLText

/// How long the locks of each table have been waited for, and who held them the last time.
package struct LockWaits: Sendable {
    private struct Wait: Sendable {
        var time = Duration.zero
        var blockers: [Blocker] = []
    }

    private var waits: [RelationName: Wait]

    /// - Parameter earlier: the waits of other runs, which count too.
    package init(_ earlier: [RelationName: Duration] = [:]) {
        waits = earlier.mapValues { Wait(time: $0) }
    }

    /// The longest time for any of the tables.
    package func longest(for tables: [RelationName]) -> Duration {
        tables.compactMap { waits[$0]?.time }.max() ?? .zero
    }

    /// Those of the first of the tables that any are known of.
    package func blockers(of tables: [RelationName]) -> [Blocker] {
        tables.compactMap { waits[$0]?.blockers }.first { !$0.isEmpty } ?? []
    }

    package mutating func add(_ waited: Duration, for tables: [RelationName], _ blockers: [Blocker]) {
        for table in Set(tables) {
            waits[table, default: Wait()].time += waited
            if !blockers.isEmpty { waits[table]?.blockers = blockers }
        }
    }
}
