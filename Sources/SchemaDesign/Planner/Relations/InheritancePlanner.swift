import SQLText

/// Tables that share rows with a table of the schema, by inheritance or as partitions elsewhere: there no policy guards
/// the rows, and no trigger fills them.
struct InheritancePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func refuseRelatives() throws(SQLTextError) {
        let quotedSchema = try SQLIdentifier(schema).quoted
        let properties: [CatalogProperty] = [
            .partitionsElsewhere, .partitionsWithPartitions, .partitionsBeingDetached, .inherits, .inheritedBy,
            .partitionOf,
        ]
        for difference in gap.different where properties.contains(difference.property) {
            guard let found = difference.found else { continue }
            let object = difference.object
            // As the server writes them, with their schemas.
            let names = NameList.parts(of: found)
            let table = try qualified(object.name)
            switch difference.property {
            case .partitionsElsewhere:
                plan.refuse(
                    object, "expected its partitions in the schema, where they are guarded with it; found \(found)",
                    cure: "run: " + statements(names) { "ALTER TABLE \($0) SET SCHEMA \(quotedSchema)" })
            case .partitionsWithPartitions:
                plan.refuse(
                    object, "expected partitions that have none themselves, found \(found)",
                    cure: "run: " + statements(names) { "ALTER TABLE \(table) DETACH PARTITION \($0)" }
                        + "; then make the partitions that are expected, and copy the rows")
            case .partitionsBeingDetached:
                plan.refuse(
                    object, "expected no partition that is being detached, whose rows it does not show; found \(found)",
                    cure: "run: " + statements(names) { "ALTER TABLE \(table) DETACH PARTITION \($0) FINALIZE" })
            case .inherits:
                plan.refuse(
                    object, "expected a table by itself, found one whose rows are seen through \(found)",
                    cure: "run: " + statements(names) { "ALTER TABLE \(table) NO INHERIT \($0)" })
            case .inheritedBy:
                plan.refuse(
                    object, "expected a table by itself, found one that shows the rows of \(found)",
                    cure: "run: " + statements(names) { "ALTER TABLE \($0) NO INHERIT \(table)" })
            case .partitionOf:
                plan.refuse(
                    object, "expected a table by itself, found a partition of \(found)",
                    cure: "run: ALTER TABLE \(found) DETACH PARTITION \(table)")
            default: continue
            }
        }
    }

    private func statements(_ names: [Substring], _ statement: (Substring) -> String) -> String {
        names.map(statement).joined(separator: "; ")
    }
}
