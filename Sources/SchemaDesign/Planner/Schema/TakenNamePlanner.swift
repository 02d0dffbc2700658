import SQLText

/// Names that the plan is going to use. Where something else has one, a step would fail in the middle of the plan.
struct TakenNamePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func refuseTakenName(_ object: CatalogObject) throws(SQLTextError) {
        if let other = holder(of: object) {
            return plan.refuse(
                object, "its name is taken by the \(other)",
                cure: "\(try renaming(of: other, for: object)); then repeat the command",
                option: aside(other, for: object))
        }
        if object.kind != .function { askForTakenName(object) }
    }

    /// Refuses what has the name of a partition's index, unless an earlier call has built just that index.
    ///
    /// - Parameter isKey: whether the index is to become a constraint.
    func askForTakenPart(
        _ object: CatalogObject, _ part: String, of partition: String, _ definition: String, isKey: Bool = false
    ) throws(SQLTextError) {
        let definition = IndexDefinition(definition)
        plan.refuseListed(
            ObstacleQuery.takenPart.question(
                about: object, .text(schema), .text(part), .text(try qualified(partition)),
                .text(definition.using), .flag(definition.isUnique), .flag(isKey)),
            "the name \(part), of its part for \(partition), is taken",
            cure: "give that another name, then repeat the command")
    }

    // MARK: - What the facts tell

    private func holder(of object: CatalogObject) -> CatalogObject? {
        let partitions = Set(live.objects(.partition).map(\.name))
        return holders(object.kind).flatMap { live.objects($0) }.first { other in
            // Names on partitions are left to the query, since the facts leave out the indexes that belong to a
            // parent's.
            guard other.name.isSame(as: object.name), other != object, !partitions.contains(other.relation) else {
                return false
            }
            let definition = live[other, .definition] ?? ""
            if other.kind == .constraint { return ConstraintDefinition(definition).hasIndex }
            // Composite types are relations and share their names with indexes; other types do not.
            return other.kind != .type || Self.hasRowType(object.kind) || definition == "COMPOSITE"
        }
    }

    /// The kinds whose names a kind shares: relations and indexes share one set of names, types and relations with rows
    /// another, all routines a third.
    private func holders(_ kind: CatalogObject.Kind) -> [CatalogObject.Kind] {
        let rows: [CatalogObject.Kind] = [.table, .foreignTable, .view, .materializedView, .partition]
        return switch kind {
        case .function: [.procedure, .aggregate]
        case .type: rows
        default: rows + [.sequence, .index, .constraint, .type]
        }
    }

    private static func hasRowType(_ kind: CatalogObject.Kind) -> Bool { kind != .index && kind != .constraint }

    /// - Parameter object: the object whose name is taken.
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

    /// What the options of the command do about it.
    private func aside(_ other: CatalogObject, for object: CatalogObject) -> String? {
        let relation = other.isPart ? other.relation : other.name
        guard [.constraint, .index, .table, .view, .materializedView].contains(other.kind),
            !expected.contains(CatalogObject(.table, relation)) || !other.isPart
        else { return nil }
        let isCopied = object.kind == .table && other.kind == .view
        return (isCopied ? "--replace \(relation.shellWord), with the rows that it shows; or by " : "")
            + "--set-aside \(relation.shellWord)"
    }

    static let freedPrefix = "other_"

    /// A name to give to the object that is in the way.
    private static func freed(_ name: String) -> String {
        ReservedName.fitted(freedPrefix, String(name.prefix { $0 != "(" }))
    }

    // MARK: - What the facts do not tell

    /// Asks for what the facts leave out: indexes of partitions, members of extensions, sequences of columns, array
    /// types.
    private func askForTakenName(_ object: CatalogObject) {
        let question = ObstacleQuery.takenName.question(
            about: object, .text(schema), .text(object.name), .text(Self.freed(object.name)),
            .flag(object.kind != .type), .flag(Self.hasRowType(object.kind)))
        plan.refuseEach(question, { "its name is taken by \($0)" }, then: "then repeat the command")
    }
}

extension CatalogObject.Kind {
    var isRoutine: Bool { [.function, .procedure, .aggregate].contains(self) }

    /// As in ALTER … RENAME.
    var keyword: String {
        switch self {
        case .foreignTable: "FOREIGN TABLE"
        case .view: "VIEW"
        case .materializedView: "MATERIALIZED VIEW"
        case .sequence: "SEQUENCE"
        case .index, .constraint: "INDEX"
        case .type: "TYPE"
        case .schema: "SCHEMA"
        case .function, .procedure, .aggregate: "ROUTINE"
        default: "TABLE"
        }
    }
}
