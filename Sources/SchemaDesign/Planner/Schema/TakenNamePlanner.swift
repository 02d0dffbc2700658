import SQLText

/// Names that a plan is going to give. Where something else has one, the server would say so in the middle of the plan.
struct TakenNamePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func refuseTakenName(_ object: CatalogObject) throws(SQLTextError) {
        if let other = holder(of: object) {
            return plan.refuse(
                object, "its name is taken by the \(other)",
                cure: "\(try renaming(of: other, for: object)); then repeat the command")
        }
        if object.kind != .function { askForTakenName(object) }
    }

    /// What an earlier call has built for a partition is taken; anything else that has its name stands in its way.
    ///
    /// - Parameter isKey: whether a constraint is to be made of it.
    func askForTakenPart(
        _ object: CatalogObject, _ part: String, of partition: String, _ definition: String, isKey: Bool = false
    ) throws(SQLTextError) {
        let definition = IndexDefinition(definition)
        plan.refuseListed(
            RowQuery.takenPart.question(
                about: object, .text(schema), .text(part), .text(try qualified(partition)),
                .text(definition.using), .flag(definition.isUnique), .flag(isKey)),
            "the name \(part), of its part for \(partition), is taken",
            cure: "give that another name, then repeat the command")
    }

    // MARK: - What the facts tell

    private func holder(of object: CatalogObject) -> CatalogObject? {
        let partitions = Set(live.objects(.partition).map(\.name))
        return holders(object.kind).flatMap { live.objects($0) }.first { other in
            // All indexes of partitions are asked for, those that belong to one of the parent's as well.
            guard other.name == object.name, other != object, !partitions.contains(other.relation) else { return false }
            let definition = live[other, .definition] ?? ""
            if other.kind == .constraint { return ConstraintDefinition(definition).hasIndex }
            // Of the types, those alone that are relations have a name among those of indexes.
            return other.kind != .type || Self.hasRowType(object.kind) || definition == "COMPOSITE"
        }
    }

    /// Relations, indexes and keys share their names, and so do types and what has rows; so do all routines.
    private func holders(_ kind: CatalogObject.Kind) -> [CatalogObject.Kind] {
        let rows: [CatalogObject.Kind] = [.table, .foreignTable, .view, .materializedView, .partition]
        return switch kind {
        case .function: [.procedure, .aggregate]
        case .type: rows
        default: rows + [.sequence, .index, .constraint, .type]
        }
    }

    private static func hasRowType(_ kind: CatalogObject.Kind) -> Bool { kind != .index && kind != .constraint }

    /// - Parameter object: whose name it has.
    private func renaming(
        of other: CatalogObject, for object: CatalogObject
    ) throws(SQLTextError) -> String {
        let name = other.kind.isRoutine ? try comparison.functionName(other) : try qualified(other.name)
        let free = try SQLIdentifier(Self.freed(object.name)).quoted
        let rename = "give that another name: ALTER \(other.kind.keyword) \(name) RENAME TO \(free)"
        guard object.isPart, other.isPart, !live.hasRelation(object.relation),
            !expected.hasRelation(other.relation)
        else { return rename }
        return "\(rename); or, where \(other.relation) is \(object.relation) under another name: "
            + "ALTER TABLE \(try qualified(other.relation)) RENAME TO \(try SQLIdentifier(object.relation).quoted)"
    }

    /// What has the name of something of the schema may be called instead.
    private static func freed(_ name: String) -> String {
        ReservedName.fitted("other_", String(name.prefix { $0 != "(" }))
    }

    // MARK: - What the facts do not tell

    /// Indexes of partitions, what belongs to an extension, sequences of columns, types that come with others.
    private func askForTakenName(_ object: CatalogObject) {
        let question = RowQuery.takenName.question(
            about: object, .text(schema), .text(object.name), .text(Self.freed(object.name)),
            .flag(object.kind != .type), .flag(Self.hasRowType(object.kind)))
        plan.refuseEach(question, { "its name is taken by \($0)" }, then: "then repeat the command")
    }
}

extension CatalogObject.Kind {
    fileprivate var isRoutine: Bool { [.function, .procedure, .aggregate].contains(self) }

    /// As ALTER has it.
    fileprivate var keyword: String {
        switch self {
        case .foreignTable: "FOREIGN TABLE"
        case .view: "VIEW"
        case .materializedView: "MATERIALIZED VIEW"
        case .sequence: "SEQUENCE"
        case .index, .constraint: "INDEX"
        case .type: "TYPE"
        case .function, .procedure, .aggregate: "ROUTINE"
        default: "TABLE"
        }
    }
}
