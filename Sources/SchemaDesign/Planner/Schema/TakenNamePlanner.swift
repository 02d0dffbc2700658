import SQLText

/// Names that a plan is going to give. Where something else has one, the server would say so in the middle of the plan.
extension SchemaPlanner {
    mutating func refuseTakenName(_ object: CatalogObject) throws(SQLTextError) {
        if let other = holder(of: object) {
            return refuse(
                object, "its name is taken by the \(other)",
                cure: "\(try renaming(of: other, for: object)); then repeat the command")
        }
        if object.kind != .function { askForTakenName(object) }
    }

    /// CREATE OR REPLACE TRIGGER does not replace it.
    mutating func refuseConstraintTrigger(_ trigger: CatalogObject) throws(SQLTextError) {
        guard let found = live[trigger, .definition], found.hasPrefix("CREATE CONSTRAINT TRIGGER") else { return }
        let target = "\(try SQLIdentifier(trigger.name).quoted) ON \(try qualified(trigger.relation))"
        refuse(
            trigger, "its name is taken by a constraint trigger: \(found)",
            cure: "DROP TRIGGER \(target); then repeat the command")
    }

    /// Whether its index takes a name among those of relations.
    static func isKey(_ definition: String) -> Bool {
        ["PRIMARY KEY", "UNIQUE", "EXCLUDE"].contains { definition.hasPrefix($0) }
    }

    // MARK: - What the facts tell

    private func holder(of object: CatalogObject) -> CatalogObject? {
        let partitions = Set(live.objects(.partition).map(\.name))
        return holders(object.kind).flatMap { live.objects($0) }.first { other in
            // All indexes of partitions are asked for, those that belong to one of the parent's as well.
            guard other.name == object.name, other != object, !partitions.contains(other.relation) else { return false }
            let definition = live[other, .definition] ?? ""
            if other.kind == .constraint { return Self.isKey(definition) }
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
        let name = other.kind.isRoutine ? try functionName(other) : try qualified(other.name)
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
        derived("other_", String(name.prefix { $0 != "(" }))
    }

    // MARK: - What the facts do not tell

    /// Indexes of partitions, what belongs to an extension, sequences of columns, types that come with others.
    private mutating func askForTakenName(_ object: CatalogObject) {
        let question = RowQuery.takenName.question(
            about: object, .text(schema), .text(object.name), .text(Self.freed(object.name)),
            .flag(object.kind != .type), .flag(Self.hasRowType(object.kind)))
        askForEach(question, { "its name is taken by \($0)" }, then: "then repeat the command")
    }

    /// Refuses each of the things that the catalog has by itself, with a cure of its own.
    ///
    /// - Parameters:
    ///   - question: its answer is what it is, a line break, and the statement that ends it; those of the highest count
    ///     come first.
    ///   - reason: made of what it is.
    ///   - ending: what is to be done behind the statement.
    mutating func askForEach(_ question: SchemaQuestion, _ reason: (String) -> String, then ending: String) {
        let object = question.object
        for obstacle in obstacles(question) {
            let parts = (obstacle.value ?? "").split(separator: "\n", maxSplits: 1)
            if parts.count == 2 {
                refuse(object, reason(String(parts[0])), cure: "\(parts[1]); \(ending)")
            } else {
                refuse(
                    object, "\(obstacle.others) more stand in the way as well",
                    cure: "do what is said of the others first, then repeat the command, which names these")
            }
        }
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
