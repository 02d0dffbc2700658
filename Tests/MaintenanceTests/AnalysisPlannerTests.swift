import CivilTime
import Maintenance
import SQLText
import TestSupport
import Testing

@Suite("Analysis of partitioned tables")
struct AnalysisPlannerTests {
    private static let noted = utc("2025-11-23 09:00:00")

    private static func partitioned(_ changes: TableChanges?, owned: Bool = true) -> PartitionedTable {
        var table = table("t", .timestamptz, [])
        table.mayActAsOwner = owned
        table.changes = changes
        return table
    }

    private static func memory(_ count: Int64, at moment: Instant = noted) -> Remembered.Memory {
        Remembered.Memory(notedAt: moment, texts: TableChanges.memory(of: count))
    }

    private func plan(
        _ table: PartitionedTable, _ memory: Remembered.Memory? = memory(1_000), version: Int = 180_006,
        _ change: (inout Scenario) -> Void = { _ in }
    ) -> Plan {
        var scenario = Scenario(table)
        scenario.definition.partitions.analysis.enabled = true
        scenario.version = version
        if let memory { scenario.remembered = Remembered([Remembered.Subject(.analyzeTable, table.name): memory]) }
        change(&scenario)
        return scenario.plan([.analysis])
    }

    private func message(_ plan: Plan) -> String { plan.inferences.map(\.message).joined() }

    @Test("is off unless it is switched on: no lane, no step, nothing in view")
    func isOff() {
        let plan = plan(Self.partitioned(TableChanges(isAnalyzed: false))) {
            $0.definition.partitions.analysis.enabled = false
        }
        #expect(plan.steps.isEmpty && plan.objectsInView == 0 && plan.inferences.isEmpty)
        #expect(!DatabaseDefinition(name: "d", conninfo: "").mayHaveWork(for: .analysis))
    }

    @Test("is due past autovacuum's own threshold, and not at it")
    func isDuePastTheThreshold() {
        // 50 + 0.1 * 2,000
        let at = plan(Self.partitioned(TableChanges(count: 1_250, rows: 2_000)))
        #expect(at.steps.isEmpty && at.notes.isEmpty)
        #expect(message(at) == "not due, because of 250 of 250 changes since 2025-11-23 09:00:00+00")
        let past = plan(Self.partitioned(TableChanges(count: 1_251, rows: 2_000)))
        #expect(past.steps.map(\.key.text) == ["analyze_table app.t"] && past.notes.isEmpty)
        #expect(past.steps.first?.reason.hasPrefix("251 changes of its partitions since") == true)
    }

    @Test("goes by changes, whatever the numbers: due, or not due, or counted anew, and never a negative")
    func holdsForAnyNumbers() {
        var random = Seeded()
        for _ in 0..<2_000 {
            let (known, count) = (
                Int64.random(in: 0...2_000, using: &random), Int64.random(in: 0...4_000, using: &random)
            )
            let rows = Int64.random(in: 0...20_000, using: &random)
            let changes = TableChanges(
                count: count, rows: rows, threshold: .random(in: 0...100, using: &random),
                scaleFactor: .random(in: 0...1, using: &random))
            let limit = Double(changes.threshold) + changes.scaleFactor * Double(rows)
            let plan = plan(Self.partitioned(changes), Self.memory(known))
            #expect(plan.steps.count == (count >= known && Double(count - known) > limit ? 1 : 0), "\(random.seed)")
            #expect(plan.notes.count == (count < known ? 1 : 0), "\(random.seed)")
            #expect(!message(plan).contains("-1 "))
        }
        let huge = TableChanges(count: .max, rows: .max, threshold: .max, scaleFactor: .greatestFiniteMagnitude)
        #expect(plan(Self.partitioned(huge), Self.memory(0)).steps.count == 1)
    }

    @Test("counts from what it sees first, from what somebody else has analyzed, and from counters that fell")
    func takesABaseline() {
        let note = Remembered.Note(.analyzeTable, app("t"), ["changes": "5000"])
        let (before, after) = (utc("2025-11-23 08:59:59"), utc("2025-11-23 09:00:01"))
        func plan(_ lastAnalyzed: Instant?, _ memory: Remembered.Memory?) -> Plan {
            self.plan(Self.partitioned(TableChanges(count: 5_000, lastAnalyzed: lastAnalyzed)), memory)
        }
        for plan in [plan(before, nil), plan(after, Self.memory(1_000)), plan(before, Self.memory(5_001))] {
            #expect(plan.steps.isEmpty && plan.notes == [note])
            #expect(message(plan).contains("from now on"))
        }
        #expect(plan(before, Self.memory(1_000)).steps.count == 1)
        let broken = Remembered.Memory(notedAt: Self.noted, texts: ["changes": "many"])
        #expect(plan(before, broken).notes == [note])
    }

    @Test("is due without statistics, also where nothing is remembered; otherwise nobody knows there")
    func needsStatistics() {
        let ignorant: (inout Scenario) -> Void = { $0.remembered = Remembered(nothingBecause: "there is no ledger") }
        let fresh = TableChanges(count: 7, isAnalyzed: false)
        #expect(plan(Self.partitioned(fresh), nil).steps.count == 1)
        #expect(plan(Self.partitioned(fresh), nil, ignorant).steps.count == 1)
        let known = plan(Self.partitioned(TableChanges(count: 1_000_000)), nil, ignorant)
        #expect(known.steps.isEmpty && known.notes.isEmpty)
        #expect(message(known).hasSuffix("is not known: there is no ledger"))
        #expect(plan(Self.partitioned(TableChanges(leaves: 0, isAnalyzed: false))).steps.isEmpty)
    }

    @Test("takes the tables that get partitions, and none that is a part of another")
    func selectsTables() {
        let due = TableChanges(isAnalyzed: false)
        var part = Self.partitioned(due)
        part.isPartition = true
        #expect(plan(part).objectsInView == 0)
        let off: (inout Scenario) -> Void = {
            $0.definition.partitionSets = [PartitionSetDefinition(table: app("t"), enabled: false)]
        }
        #expect(plan(Self.partitioned(due), nil, off).objectsInView == 0)
        let named: (inout Scenario) -> Void = {
            $0.definition.partitions.discover = false
            $0.definition.partitionSets = [PartitionSetDefinition(table: app("t"))]
        }
        #expect(plan(part, nil, named).steps.count == 1)
        var hashed = Self.partitioned(due)
        hashed.strategy = .hash
        #expect(plan(hashed).steps.count == 1)
    }

    @Test("is refused, with the cure, where it may not be or would reach too far")
    func refuses() {
        let mine = Self.partitioned(TableChanges(isAnalyzed: false), owned: false)
        #expect(plan(mine).refusals.map(\.cure) == [.statement("GRANT MAINTAIN ON app.t TO tender")])
        #expect(
            plan(mine, version: 160_001).refusals.map(\.cure) == [
                .statement(#"GRANT "app owner" TO tender WITH SET TRUE"#)
            ])
        #expect(plan(mine, version: 150_001).refusals.map(\.cure) == [.statement(#"GRANT "app owner" TO tender"#)])
        let maintained = plan(Self.partitioned(TableChanges(isAnalyzed: false, mayMaintain: true), owned: false))
        #expect(maintained.steps.map(\.role) == [nil] && maintained.steps.map(\.codeOwner) == ["app owner"])

        let foreign = TableChanges(isAnalyzed: false, foreignTable: app("far"))
        #expect(plan(Self.partitioned(foreign)).refusalReasons == [.noTable])
        let others = TableChanges(isAnalyzed: false, othersLeaf: .init(name: app("l"), owner: "o"))
        #expect(plan(Self.partitioned(others), version: 170_001).refusalReasons == [.noOneOwner])
        #expect(plan(Self.partitioned(others)).steps.count == 1)
    }

    @Test("no longer fits a table that is another by now, and is done once somebody has analyzed it")
    func isChecked() throws {
        let before = utc("2025-11-23 08:00:00")
        let standing = Self.partitioned(TableChanges(count: 9, isAnalyzed: false, lastAnalyzed: before))
        guard case .analyzeTable(let action)? = plan(standing).steps.first?.action else {
            Issue.record("no step")
            return
        }
        let server = Scenario().snapshot.server
        #expect(action.supersession(by: standing, on: server) == nil)
        #expect(action.supersession(by: nil, on: server) != nil)
        var other = standing
        other.oid += 1
        #expect(action.supersession(by: other, on: server) != nil && action.result(in: other) == nil)
        other = standing
        other.owner = "somebody else"
        #expect(action.supersession(by: other, on: server)?.contains("belongs to somebody else") == true)
        other = standing
        other.mayActAsOwner = false
        #expect(action.supersession(by: other, on: server)?.contains("may not analyze it") == true)
        other.changes?.mayMaintain = true
        #expect(action.supersession(by: other, on: server)?.contains("as another role") == true)

        #expect(action.result(in: standing) == nil && action.result(in: nil) == nil)
        other = standing
        other.changes?.lastAnalyzed = before.adding(microseconds: 1)
        // What has changed meanwhile counts for the next.
        other.changes?.count = 1_000
        #expect(action.result(in: other) == StepResult(memory: ["changes": "9"]))
    }
}
