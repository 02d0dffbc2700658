import SQLText

/// What was made a member of an extension: it is dropped with the extension, and no dump has it.
struct ExtensionMemberPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func refuseMembers() throws(SQLTextError) {
        for difference in gap.different where difference.property == .memberOfExtension {
            guard let found = difference.found else { continue }
            let object = difference.object
            plan.refuse(
                object, "expected no member of an extension, found one of \(found)",
                cure: "run: ALTER EXTENSION \(found) DROP \(object.kind.keyword) \(try name(of: object))")
        }
    }

    private func name(of object: CatalogObject) throws(SQLTextError) -> String {
        if object.kind == .schema { return try SQLIdentifier(object.name).quoted }
        return object.kind.isRoutine ? try comparison.functionName(object) : try qualified(object.name)
    }
}
