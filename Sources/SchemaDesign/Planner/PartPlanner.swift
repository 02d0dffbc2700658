import SQLText

/// Plans one kind of object, or one side of it, from the comparison alone.
///
/// It gives its results to the collector and never reads from it. Whatever it needs to know of another part's
/// conclusions is a function of the comparison.
protocol PartPlanner {
    var comparison: SchemaComparison { get }
    var plan: PlanCollector { get }

    init(comparison: SchemaComparison, plan: PlanCollector)
}

extension PartPlanner {
    /// A planner of another part, for the same comparison and the same plan.
    init(_ other: some PartPlanner) {
        self.init(comparison: other.comparison, plan: other.plan)
    }

    var schema: String { comparison.schema }
    var expected: CatalogFacts { comparison.expected }
    var live: CatalogFacts { comparison.live }
    var gap: SchemaGap { comparison.gap }

    func difference(_ object: CatalogObject, _ property: CatalogProperty) -> SchemaGap.Difference? {
        comparison.difference(object, property)
    }

    /// The name of something of the schema, as SQL writes it.
    func qualified(_ name: String) throws(SQLTextError) -> String { try comparison.qualified(name) }
}
