import SQLText

/// What an owner can do to his objects that outlasts a change of owner: tie them to something of his own that they are
/// dropped with, or take from himself what whoever comes after him needs. It ends as soon as they belong to the schema's
/// own role.
struct LegacyPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planEnds() throws(SQLTextError) {
        for difference in gap.different {
            guard let found = difference.found else { continue }
            let object = difference.object
            switch difference.property {
            case .ofType:
                try end(
                    object, "the table goes with the type \(found)", ["ALTER TABLE \(qualified(object.name)) NOT OF"])
            case .dependsOnExtension:
                try end(object, "something goes with an extension: \(found)", untying(object, found))
            case .replicaIdentity:
                try end(
                    object, "its rows cannot be changed once it is published",
                    ["ALTER TABLE \(qualified(object.name)) REPLICA IDENTITY DEFAULT"])
            case .ownerLacks:
                guard let target = try GrantStatements(comparison).grantTarget(object) else { continue }
                let owner = expected[CatalogObject(.schema, schema), .owner] ?? ""
                try end(
                    object, "its owner lacks \(found)",
                    ["GRANT ALL ON \(target.object) TO \(SQLIdentifier(owner).quoted)"])
            default: continue
            }
        }
    }

    private func end(_ object: CatalogObject, _ purpose: String, _ statements: [String]) throws(SQLTextError) {
        switch object.kind {
        case .table, .partition: plan.addBriefly(.possession, object.name, .accessExclusive, purpose, statements)
        case .view, .materializedView:
            // One that will be replaced goes with what is tied to it.
            guard [.definition, .uses, .columns].allSatisfy({ difference(object, $0) == nil }) else { return }
            plan.append(SchemaStep(object, .briefly([]), purpose, statements), to: .possession)
        case .schema: plan.append(SchemaStep(object, .together, purpose, statements), to: .foundation)
        case .type: plan.append(SchemaStep(object, .together, purpose, statements), to: .types)
        default: plan.append(SchemaStep(object, .together, purpose, statements), to: .functions)
        }
    }

    private func untying(_ object: CatalogObject, _ found: String) throws(SQLTextError) -> [String] {
        var statements: [String] = []
        for (name, rest) in NameList.parts(of: found).compactMap({ NameList.first(of: $0) }) {
            // In parentheses, as the server writes it.
            let tied =
                object.kind == .function
                ? "FUNCTION \(try comparison.functionName(object))" : String(rest.dropFirst(2).dropLast())
            statements.append("ALTER \(tied) NO DEPENDS ON EXTENSION \(try SQLIdentifier(name).quoted)")
        }
        return statements
    }
}
