import Maintenance
import SQLText
import Testing

@Suite("Statistics planner")
struct StatisticsPlannerTests {
    private let definition = CorpusDefinition(
        source: app("documents"), target: app("figures"), terms: .init(table: app("terms")))

    private func plan(_ tenants: Corpus.Tenants...) -> Plan {
        var scenario = Scenario()
        scenario.corpora = tenants.map { Corpus(definition: definition, role: "o", tenants: $0) }
        scenario.definition.statistics.statementTimeout = .seconds(7)
        return scenario.plan()
    }

    @Test("One step a tenant, in the order of the key, each with its locks")
    func oneStepATenant() throws {
        let plan = plan(.known(["b", "a", ""]))
        #expect(
            plan.steps.map(\.description)
                == ["b", "a", ""].map { "update statistics app.figures of tenant \($0)" })
        let step = try #require(plan.steps.first)
        #expect(step.locks.map(\.relation) == [app("figures"), app("terms")])
        #expect(step.locks.allSatisfy { $0.mode == .rowExclusive })
        #expect(step.limits.statementTimeout == .seconds(7) && plan.objectsInView == 1)
    }

    @Test("A corpus without tenants is in view and has nothing to do")
    func nothingToDo() {
        let plan = plan(.known([]))
        #expect(plan.steps.isEmpty && plan.refusals.isEmpty && plan.objectsInView == 1)
    }

    @Test("A missing relation and an unreadable one are refused, the others go on")
    func refusesWhatItCannotRead() throws {
        let hidden = ServerFailure(
            failureClass: .privilege, sqlState: .insufficientPrivilege,
            message: "query would be affected by row-level security",
            hint: "ask the owner", cure: "ALTER ROLE tender BYPASSRLS")
        let plan = plan(.missing("app.figures"), .unreadable(hidden), .known(["a"]))
        #expect(plan.refusalReasons == [.missing, .unreadable] && plan.steps.count == 1)
        #expect(plan.refusals.allSatisfy { $0.object == app("documents") })
        #expect(plan.refusals[0].explanation.contains("app.figures"))
        #expect(plan.refusals[1].explanation.contains("SQLSTATE 42501"))
        #expect(plan.refusals[1].cure == "ALTER ROLE tender BYPASSRLS")
    }

    @Test("A target without a unique index is refused once, with the statement that gives it one")
    func refusesATargetWithoutAUniqueIndex() throws {
        let plan = plan(.noUniqueTarget)
        #expect(plan.refusalReasons == [.noUniqueIndex] && plan.steps.isEmpty)
        #expect(try #require(plan.refusals.first).cure == .statement("CREATE UNIQUE INDEX ON app.figures (tenant_id)"))
    }

    @Test("Only the kinds that are asked for are planned, in the order of a run")
    func plansByKind() {
        var scenario = Scenario(table("t", .date, months("t", from: "2025-01-01", count: 1)))
        scenario.corpora = [Corpus(definition: definition, role: "o", tenants: .known(["a"]))]
        scenario.views = [MaterializedView(oid: 1, name: app("v"), owner: "o")]
        #expect(scenario.plan([.statistics, .views, .partitions]).steps.map(\.task).last == .statistics)
        #expect(scenario.plan().steps.map(\.task) == Array(repeating: .partitions, count: 4) + [.views, .statistics])
        #expect(scenario.plan([.views]).steps.map(\.task) == [.views])
        #expect(scenario.plan([]).objectsInView == 0)
    }
}
