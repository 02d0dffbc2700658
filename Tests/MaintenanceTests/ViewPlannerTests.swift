import Maintenance
import SQLText
import TestSupport
import Testing

@Suite("View planner")
struct ViewPlannerTests {
    private func view(_ oid: UInt32, _ name: String, reads: Set<UInt32> = []) -> MaterializedView {
        MaterializedView(oid: oid, name: app(name), owner: "app owner", dependsOn: reads)
    }

    private func plan(_ views: [MaterializedView], _ change: (inout Scenario) -> Void = { _ in }) -> Plan {
        var scenario = Scenario()
        scenario.views = views
        change(&scenario)
        return scenario.plan([.views])
    }

    private func refreshed(_ plan: Plan) -> [String] {
        plan.steps.map(\.object.name)
    }

    @Test("Each view comes after those that it reads, otherwise by name")
    func keepsDependencyOrder() {
        let chain = [view(1, "a", reads: [2]), view(2, "b", reads: [3]), view(3, "c")]
        #expect(refreshed(plan(chain)) == ["c", "b", "a"])
        let diamond = [
            view(1, "top", reads: [2, 3]), view(2, "left", reads: [4]), view(3, "right", reads: [4]), view(4, "zero"),
            view(5, "alone"),
        ]
        #expect(refreshed(plan(diamond)) == ["alone", "zero", "left", "right", "top"])
        #expect(plan(diamond.reversed()) == plan(diamond))
    }

    @Test("The order holds through a view that is not tended")
    func keepsTheOrderThroughOthers() {
        var between = view(2, "b", reads: [3])
        between.name = RelationName(schema: "other", name: "b")
        let plan = plan([view(1, "a", reads: [2]), between, view(3, "c")])
        #expect(refreshed(plan) == ["c", "a"] && plan.objectsInView == 2)
    }

    @Test("Seeded graphs: every view once, after what it reads", arguments: [Seeded().seed])
    func ordersRandomGraphs(seed: UInt64) throws {
        var generator = Seeded(seed: seed)
        for _ in 0..<200 {
            let count = UInt32.random(in: 1...30, using: &generator)
            let names = (1...count).map { "v\($0)" }.shuffled(using: &generator)
            let views = (1...count).map { oid in
                view(
                    oid, names[Int(oid) - 1],
                    reads: Set((1..<max(oid, 1)).filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }))
            }
            let order = refreshed(plan(views.shuffled(using: &generator)))
            #expect(Set(order).count == views.count && order.count == views.count, "seed \(seed)")
            for view in views {
                let place = try #require(order.firstIndex(of: view.name.name))
                for read in view.dependsOn {
                    let before = try #require(order.firstIndex(of: names[Int(read) - 1]))
                    #expect(before < place, "seed \(seed): \(view.name)")
                }
            }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var isPopulated = true
        var hasUniqueIndex = true
        var blocking: BlockingRefresh?
        var mode: RefreshView.Mode?
        var lock: LockMode?
    }

    private static let modes: [Case] = [
        Case(testDescription: "concurrent when it can be", mode: .concurrent, lock: .exclusive),
        Case(testDescription: "first population", isPopulated: false, mode: .initial, lock: .accessExclusive),
        Case(
            testDescription: "first population without an index", isPopulated: false, hasUniqueIndex: false,
            mode: .initial, lock: .accessExclusive),
        Case(testDescription: "refused without an index", hasUniqueIndex: false),
        Case(
            testDescription: "blocking where that is allowed", hasUniqueIndex: false, blocking: .allow,
            mode: .blocking, lock: .accessExclusive),
        Case(testDescription: "allowed, but not needed", blocking: .allow, mode: .concurrent, lock: .exclusive),
    ]

    @Test("How a view is refreshed", arguments: modes)
    func choosesTheMode(_ example: Case) throws {
        var costs = view(1, "costs")
        costs.isPopulated = example.isPopulated
        costs.hasUniqueIndex = example.hasUniqueIndex
        let plan = plan([costs]) { scenario in
            scenario.definition.viewDefinitions = [ViewDefinition(view: app("costs"), blocking: example.blocking)]
        }
        guard let mode = example.mode, let lock = example.lock else {
            #expect(plan.steps.isEmpty && plan.refusalReasons == [.noUniqueIndex])
            #expect(try #require(plan.refusals.first).cure.description.contains("CREATE UNIQUE INDEX ON app.costs"))
            return
        }
        guard let step = plan.steps.first, let refresh = step.refreshView else {
            Issue.record("no refresh: \(plan)")
            return
        }
        #expect(refresh.mode == mode && step.locks == [LockRequirement(lock, on: app("costs"))])
        #expect(plan.refusals.isEmpty && plan.steps.count == 1)
    }

    @Test("What is populated once and refused ever after is said beforehand")
    func saysBeforehandWhatIsRefusedAfterwards() throws {
        var costs = view(1, "costs")
        (costs.isPopulated, costs.hasUniqueIndex) = (false, false)
        let finding = try #require(plan([costs]).findings.first)
        #expect(finding.object == app("costs") && finding.message.contains("refused ever after"))
        costs.isPopulated = true
        let refusal = try #require(plan([costs]).refusals.first)
        #expect(finding.message.hasSuffix(refusal.cure.labelled))
        costs.isPopulated = false
        #expect(plan([costs]) { $0.definition.views.blocking = .allow }.findings.isEmpty)
        costs.hasUniqueIndex = true
        #expect(plan([costs]).findings.isEmpty)
    }

    @Test("An invalid unique index is named, with the statement that makes it anew")
    func namesTheInvalidIndex() throws {
        var costs = view(1, "costs")
        costs.hasUniqueIndex = false
        costs.invalidIndexes = ["Key"]
        let refusal = try #require(plan([costs]).refusals.first)
        #expect(
            refusal.reason == .noUniqueIndex && refusal.explanation.hasPrefix(#"its unique index "Key" is invalid"#))
        #expect(refusal.cure.kind == .statement)
        #expect(
            refusal.cure.alternatives == [
                #"REINDEX INDEX CONCURRENTLY app."Key""#, "REFRESH MATERIALIZED VIEW app.costs",
            ])
    }

    @Test("Without the right to refresh the plan names the grant", arguments: [150_004, 170_002])
    func refusesWithoutTheRight(version: Int) {
        var costs = view(1, "costs")
        costs.mayRefresh = false
        let plan = plan([costs, view(2, "other")]) { $0.version = version }
        #expect(plan.refusalReasons == [.notOwner] && refreshed(plan) == ["other"])
        #expect(
            plan.refusals.first?.cure
                == .statement(
                    version >= 170_000
                        ? "GRANT MAINTAIN ON app.costs TO tender" : "GRANT \"app owner\" TO tender"))
    }

    @Test("A view over one that stays unpopulated is refused; over one that this run populates it is not")
    func refusesWhatReadsTheUnpopulated() {
        var base = view(1, "base")
        base.isPopulated = false
        let views = [base, view(2, "middle", reads: [1]), view(3, "top", reads: [2])]
        #expect(refreshed(plan(views)) == ["base", "middle", "top"])
        let without = plan(views) { scenario in
            scenario.definition.viewDefinitions = [ViewDefinition(view: app("base"), enabled: false)]
        }
        #expect(without.refusalReasons == [.unreadable] && without.refusals.first?.object == app("middle"))
        #expect(without.refusals.first?.explanation.contains("reads app.base") == true)
        // What the refused view holds is old, but it can be read.
        #expect(refreshed(without) == ["top"])
    }

    @Test("What is in view follows the configuration")
    func followsTheConfiguration() {
        var elsewhere = view(2, "x")
        elsewhere.name = RelationName(schema: "other", name: "x")
        let views = [view(1, "a"), elsewhere]
        #expect(refreshed(plan(views)) == ["a"])
        let named = plan(views) { scenario in
            scenario.definition.views.discover = false
            scenario.definition.viewDefinitions = [
                ViewDefinition(view: elsewhere.name, statementTimeout: .seconds(5)),
                ViewDefinition(view: app("gone")), ViewDefinition(view: app("off"), enabled: false),
            ]
        }
        #expect(refreshed(named) == ["x"] && named.steps.first?.limits.statementTimeout == .seconds(5))
        #expect(named.refusalReasons == [.missing] && named.refusals.first?.object == app("gone"))
        #expect(named.objectsInView == 2)
    }
}
