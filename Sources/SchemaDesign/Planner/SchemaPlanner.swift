import SQLText

/// Plans what brings a live schema to what it should be, from the facts of both, the rules of `sql/mcp/rules`, and what
/// was counted in the rows. It changes nothing.
///
/// It plans from what exists, never from what an earlier call intended: wherever a call was interrupted, the next one
/// sees what is there and plans the rest.
package struct SchemaPlanner {
    package let result: SchemaPlan
    /// The part of the plan that makes one role the owner of everything: what is to be done while questions cannot be
    /// asked that read tables of several.
    package let handOver: SchemaPlan
    /// The questions to answer before the plan can be relied upon.
    package let openQuestions: [SchemaQuestion]

    package init(
        _ verification: SchemaVerification, schema: String, rules: [RepairRule], choices: RepairChoices,
        answers: [SchemaQuestion: [SchemaQuestion.Obstacle]], deadline: Duration = .milliseconds(200)
    ) throws(SQLTextError) {
        let comparison = SchemaComparison(
            verification, schema: schema, rules: try rules.with(choices, verification.expected), choices: choices,
            answers: answers, deadline: deadline)
        let plan = PlanCollector(comparison)
        try Self.plan(comparison, plan)
        result = plan.result
        handOver = plan.handOver
        openQuestions = plan.questions.filter { answers[$0] == nil }
    }

    private static func plan(_ comparison: SchemaComparison, _ plan: PlanCollector) throws(SQLTextError) {
        let (expected, live) = (comparison.expected, comparison.live)
        func planner<Part: PartPlanner>(_ part: Part.Type) -> Part { part.init(comparison: comparison, plan: plan) }

        try planner(RolePlanner.self).refuseRoles()
        let triggers = planner(TriggerPlanner.self)
        triggers.refuseSilentTriggers()
        let foundation = planner(FoundationPlanner.self)
        if live.holdsNothing { return try foundation.planInstallation() }
        let unexpected = planner(UnexpectedPartPlanner.self)
        try unexpected.refuseUnexpected()
        try planner(ExtensionMemberPlanner.self).refuseMembers()
        try planner(InheritancePlanner.self).refuseRelatives()
        try foundation.planFoundation()
        try planner(TypePlanner.self).planTypes()
        try planner(FunctionPlanner.self).planFunctions()
        // What changes owners starts from what stands.
        try PossessionPlanner(comparison: comparison.beforehand, plan: plan).planPossession(but: comparison)
        try planner(LegacyPlanner.self).planEnds()
        try planner(AsidePlanner.self).planAsides()
        let tables = planner(TablePlanner.self)
        for table in expected.objects(.table) { try tables.planTable(table) }
        try tables.refusePersistence()
        // A table under another name is told first: it may get its own back.
        try unexpected.refuseTriggersElsewhere()
        try planner(PartitionPlanner.self).planPartitions()
        try planner(ViewPlanner.self).planViews()
        try planner(CounterPlanner.self).planCounters()
        let policies = planner(PolicyPlanner.self)
        for table in expected.objects(.table) {
            try triggers.planTriggers(of: table)
            try policies.planPolicies(of: table)
        }
        try policies.planReplacedPolicies()
        try triggers.planRepeatedTriggers()
        try triggers.planDisabledTriggers()
        try planner(PrivilegePlanner.self).planPrivileges()
        try planner(CommentPlanner.self).planComments()
        try planner(MappingPlanner.self).noteIdleMappings()
        for table in plan.filledTables where live.contains(CatalogObject(.table, table)) {
            try planner(TriggerPathPlanner.self).notePath(of: table)
        }
    }
}
