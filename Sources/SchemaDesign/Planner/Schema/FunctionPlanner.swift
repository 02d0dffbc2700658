import SQLText

/// Functions that are missing or differ.
struct FunctionPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planFunctions() throws(SQLTextError) {
        try refuseRivals()
        let grants = GrantStatements(comparison)
        for object in expected.objects(.function) {
            let isNew = !live.contains(object)
            let isOther = difference(object, .signature) != nil
            guard isNew || isOther || comparison.isAnother(object) || difference(object, .owner) != nil else {
                continue
            }
            let name = try comparison.functionName(object)
            var statements = ["SET LOCAL check_function_bodies = off"]
            if isNew { try TakenNamePlanner(self).refuseTakenName(object) }
            // A function with another signature cannot be replaced.
            if isOther {
                try DependantPlanner(self).askForUsers(ofDropped: [object])
                statements.append("DROP FUNCTION \(name)")
            }
            statements.append(expected[object, .definition] ?? "")
            // Everybody may execute a new function, and with its owner's rights if it is SECURITY DEFINER.
            // One that is replaced keeps its grants, and may become SECURITY DEFINER.
            statements += try grants.revocation(on: object)
            statements.append("ALTER FUNCTION \(name) OWNER TO \(try comparison.owner(object))")
            statements +=
                isNew || isOther ? try grants.grants(on: object, isAnew: true) : try grants.wantedGrants(on: object)
            let purpose = isNew ? "the function is missing" : "the function is another one"
            plan.append(SchemaStep(object, .together, purpose, statements), to: .functions)
        }
    }

    private func refuseRivals() throws(SQLTextError) {
        for rival in comparison.rivals {
            let new = ReservedName.old(String(rival.name.prefix { $0 != "(" }))
            plan.refuse(
                rival, "is used in the place of the schema's own function, and makes a call of that ambiguous",
                cure: "ALTER FUNCTION \(try comparison.functionName(rival)) RENAME TO "
                    + "\(try SQLIdentifier(new).quoted); then repeat the command")
        }
    }
}
