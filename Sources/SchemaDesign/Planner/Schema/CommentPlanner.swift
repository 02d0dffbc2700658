import SQLText

/// Comments that are missing or differ.
struct CommentPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planComments() throws(SQLTextError) {
        for object in expected.objects where object.kind != .partition && !gap.absent.contains(object) {
            // A column that is converted leaves its comment with the original.
            let isLost = object.kind == .column && comparison.needsConversion(object)
            guard let comment = expected[object, .comment], isLost || !live[object, .comment].isSame(as: comment),
                let target = try commentTarget(object)
            else { continue }
            let statement = "COMMENT ON \(target) IS \(try SQLLiteral(comment).quoted)"
            let relation = object.isPart ? object.relation : object.name
            if live.contains(CatalogObject(.table, relation)) && (object.isPart || object.kind == .table) {
                plan.addBriefly(.comments, relation, .shareUpdateExclusive, "comments", statement)
            } else {
                plan.append(SchemaStep(object, .together, "comments", [statement]), to: .comments)
            }
        }
    }

    private func commentTarget(_ object: CatalogObject) throws(SQLTextError) -> String? {
        let part = { () throws(SQLTextError) in
            "\(try SQLIdentifier(object.name).quoted) ON \(try qualified(object.relation))"
        }
        return switch object.kind {
        case .table: "TABLE \(try qualified(object.name))"
        case .view: "VIEW \(try qualified(object.name))"
        case .materializedView: "MATERIALIZED VIEW \(try qualified(object.name))"
        case .column: "COLUMN \(try qualified(object.relation)).\(try SQLIdentifier(object.name).quoted)"
        case .constraint: "CONSTRAINT \(try part())"
        case .trigger: "TRIGGER \(try part())"
        case .policy: "POLICY \(try part())"
        case .index: "INDEX \(try qualified(object.name))"
        case .function: "FUNCTION \(try comparison.functionName(object))"
        case .schema: "SCHEMA \(try SQLIdentifier(object.name).quoted)"
        case .type: "TYPE \(try qualified(object.name))"
        case .role, .extension, .foreignTable, .sequence, .foreignKey, .partition, .procedure, .aggregate, .cast,
            .operator,
            .operatorClass, .operatorFamily, .collation, .conversion, .textSearchConfiguration, .textSearchDictionary,
            .rule,
            .statistics, .publication, .grant, .member, .option:
            nil
        }
    }
}
