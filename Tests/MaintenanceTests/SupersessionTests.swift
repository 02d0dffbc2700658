import CivilTime
import Maintenance
import SQLText
import Testing

/// What is looked at again under the locks of a step.
@Suite("Supersession")
struct SupersessionTests {
    @Test(
        "A view is refreshed as the planner would choose now, or not at all",
        arguments: [
            // planned, populated, unique index, still planned so
            (RefreshView.Mode.initial, false, false, true), (.initial, true, true, false),
            (.initial, true, false, false),
            (.concurrent, true, true, true), (.concurrent, true, false, false), (.concurrent, false, true, false),
            (.blocking, true, false, true), (.blocking, true, true, false), (.blocking, false, false, false),
        ])
    func chooses(mode: RefreshView.Mode, isPopulated: Bool, hasUniqueIndex: Bool, isKept: Bool) {
        let view = MaterializedView(
            oid: 1, name: app("v"), owner: "o", isPopulated: isPopulated, hasUniqueIndex: hasUniqueIndex)
        let blocking: BlockingRefresh = mode == .blocking ? .allow : .refuse
        let action = RefreshView(view: app("v"), mode: mode, owner: "o", role: "o", blocking: blocking)
        #expect((action.supersession(by: view) == nil) == isKept)
        #expect((view.refreshMode(blocking) == mode) == isKept)
    }

    @Test("A view that has gone, or has another owner, is not refreshed")
    func looksForTheView() {
        let action = RefreshView(view: app("v"), mode: .concurrent, owner: "o", role: "o")
        #expect(action.supersession(by: nil)?.contains("no materialized view any more") == true)
        let other = MaterializedView(oid: 1, name: app("v"), owner: "p", isPopulated: true, hasUniqueIndex: true)
        #expect(action.supersession(by: other)?.contains("belongs to p by now") == true)
    }

    @Test("A corpus that could no longer be planned is not updated")
    func looksAtTheCorpus() {
        let definition = CorpusDefinition(source: app("d"), target: app("f"))
        let action = UpdateStatistics(corpus: definition, tenant: "t", owner: "o")
        #expect(action.supersession(by: Corpus(definition: definition, role: "o", tenants: .known([]))) == nil)
        #expect(action.supersession(by: Corpus(definition: definition, role: nil, tenants: .known([]))) != nil)
        #expect(
            action.supersession(by: Corpus(definition: definition, role: "o", tenants: .missing("table app.f")))?
                .contains("table app.f") == true)
        #expect(action.supersession(by: Corpus(definition: definition, role: "o", tenants: .noUniqueTarget)) != nil)
    }

    @Test("A partition is made in the table that was planned for, where nothing covers its range")
    func looksAtTheTable() throws {
        let scenario = Scenario(table("t", .date, months("t", from: "2025-09-01", count: 3)))
        let action = try #require(scenario.plan([.partitions]).partitionSteps.first)
        let standing = try #require(scenario.tables.first)
        #expect(action.supersession(by: standing) == nil)
        #expect(action.supersession(by: nil) != nil)
        #expect(action.supersession(by: standing.attaching(action)) == "the range has its partition by now")
        var other = standing
        other.owner = "somebody else"
        #expect(action.supersession(by: other)?.contains("not the table any more") == true)
        other = standing
        other.defaultPartition = app("rest")
        #expect(action.supersession(by: other)?.contains("not the table any more") == true)
    }
}
