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

    package func total(for table: RelationName) -> Duration { waits[table]?.time ?? .zero }

    package func blockers(of table: RelationName) -> [Blocker] { waits[table]?.blockers ?? [] }

    package mutating func add(_ waited: Duration, for table: RelationName, _ blockers: [Blocker]) {
        waits[table, default: Wait()].time += waited
        if !blockers.isEmpty { waits[table]?.blockers = blockers }
    }
}
