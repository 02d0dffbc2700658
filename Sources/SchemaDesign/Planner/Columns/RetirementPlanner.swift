import SQLText

/// A column whose values another column has now: it is kept under another name.
struct RetirementPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// Renames the old column, and lets rows be written without it.
    func retirement(of source: CatalogObject) throws(SQLTextError) -> [String] {
        let table = "ALTER TABLE \(try qualified(source.relation))"
        let name = try SQLIdentifier(source.name).quoted
        return [
            "\(table) ALTER COLUMN \(name) DROP DEFAULT, ALTER COLUMN \(name) DROP NOT NULL",
            "\(table) RENAME COLUMN \(name) TO \(try SQLIdentifier(ReservedName.oldPrefix + source.name).quoted)",
        ]
    }

    func noteRetirement(of source: CatalogObject) throws(SQLTextError) {
        let old = ReservedName.oldPrefix + source.name
        plan.note(
            "\(source.relation).\(source.name) stays as \(old), with its values as they are; once nobody needs it: "
                + "ALTER TABLE \(try qualified(source.relation)) DROP COLUMN \(try SQLIdentifier(old).quoted)")
    }
}
