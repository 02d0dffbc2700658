import SQLText

/// What is in the way and what the caller has decided on: relations that get another name and keep what they hold, and
/// parts of tables that are dropped.
struct AsidePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planAsides() throws(SQLTextError) {
        let foresight = comparison.foresight
        for part in foresight.partsDropped { try planDrop(part) }
        for relation in foresight.relationsAside { try planAside(relation) }
        try refuseSources()
        noteIdleChoices()
    }

    private func planAside(_ relation: CatalogObject) throws(SQLTextError) {
        let found = comparison.foresight.found.live
        let purpose = "it is in the way, and is set aside as the caller says"
        let aside = ReservedName.aside(relation.name)
        try ReplacementObstaclePlanner(comparison: comparison, plan: plan).askForReaders(
            of: relation, when: "that is set aside")
        let statements = try settingAside(relation, ReservedName.asidePrefix)
        // A role of the schema owns its tables by the time; all else belongs to whom it did, and a name is no code.
        if expected.contains(relation) {
            try planCopying(of: relation, from: try qualified(aside))
            let partitions = found.parts(.partition, of: relation.name).map(\.name)
            let locks = ([relation.name] + partitions).map {
                LockRequirement(.accessExclusive, on: RelationName(schema: schema, name: $0))
            }
            plan.append(SchemaStep(relation, .briefly(locks), purpose, statements), to: .tables)
        } else {
            plan.append(SchemaStep(relation, .briefly([]), purpose, statements), to: .possession)
        }
        let remains = "\(relation.kind.rawValue) \(relation.name) becomes \(aside), and nothing copies what it holds"
        let name = try qualified(relation.name)
        plan.note(
            relation.kind == .table
                ? remains
                : "\(remains): it goes on with the tables and columns that it reads, under the names that these get. To make "
                    + "it anew, as \(found[relation, .owner] ?? "its owner"): CREATE \(relation.kind.keyword) \(name) AS \(found[relation, .definition] ?? "")"
        )
        for key in comparison.incomingKeys(of: relation.name, in: found) {
            plan.note("\(key.relation): \(key.name) goes: \(found[key, .definition] ?? "")")
        }
    }

    /// What the rows of a table of the schema would need to be copied: who sets it aside may want that, or not.
    private func planCopying(of table: CatalogObject, from old: String) throws(SQLTextError) {
        // What its rows lack is no reason to leave it where it is.
        let scratch = PlanCollector(comparison)
        let copying = try ReplacementPlanner(comparison: comparison, plan: scratch).copying(of: table, from: old)
        if let partitions = copying.partitions {
            plan.append(
                SchemaStep(
                    table, .patiently([]), "the months of the rows that were set aside have no partitions", [partitions]
                ),
                to: .firstPartitions)
        }
        plan.note(
            "\(table.name): to copy the rows that are set aside, in one piece or with a WHERE in several: "
                + copying.statement.split(separator: "\n").joined(separator: " "))
    }

    /// The statements that give a relation, its partitions and its indexes other names, and leave no key or trigger that
    /// would go on with it.
    func settingAside(_ relation: CatalogObject, _ prefix: String) throws(SQLTextError) -> [String] {
        let found = comparison.foresight.found.live
        let name = try qualified(relation.name)
        func isForeignKey(_ constraint: CatalogObject) -> Bool {
            ConstraintDefinition(found[constraint, .definition] ?? "").isForeignKey
        }
        var statements: [String] = []
        // They would refer to the old rows for ever, and the old ones keep the rows that they refer to.
        for key in comparison.incomingKeys(of: relation.name, in: found)
            + found.parts(.constraint, of: relation.name).filter(isForeignKey)
        {
            statements.append(
                "ALTER TABLE \(try qualified(key.relation)) DROP CONSTRAINT IF EXISTS \(try SQLIdentifier(key.name).quoted)"
            )
        }
        for trigger in found.parts(.trigger, of: relation.name) {
            statements.append("DROP TRIGGER \(try SQLIdentifier(trigger.name).quoted) ON \(name)")
        }
        if relation.kind == .table {
            statements.append("DROP POLICY IF EXISTS \(ReservedName.formerOwner) ON \(name)")
        }
        let indexes =
            found.parts(.index, of: relation.name)
            + found.parts(.constraint, of: relation.name).filter {
                ConstraintDefinition(found[$0, .definition] ?? "").hasIndex
            }
        for index in indexes {
            let other = try SQLIdentifier(ReservedName.fitted(prefix, index.name)).quoted
            statements.append("ALTER INDEX \(try qualified(index.name)) RENAME TO \(other)")
        }
        for part in found.parts(.partition, of: relation.name) + [relation] {
            let other = try SQLIdentifier(ReservedName.fitted(prefix, part.name)).quoted
            statements.append("ALTER \(part.kind.keyword) \(try qualified(part.name)) RENAME TO \(other)")
        }
        return statements
    }

    // MARK: - What is dropped

    private func planDrop(_ part: CatalogObject) throws(SQLTextError) {
        let table = CatalogObject(.table, part.relation)
        // It goes with the old table, whose policies and triggers are carried over without it.
        if comparison.isReplaced(table) || comparison.foresight.relationsAside.contains(table) { return }
        let (name, relation) = (try SQLIdentifier(part.name).quoted, try qualified(part.relation))
        let statement =
            switch part.kind {
            case .constraint: "ALTER TABLE \(relation) DROP CONSTRAINT \(name)"
            case .index: "DROP INDEX \(try qualified(part.name))"
            default: "DROP \(part.kind.rawValue.uppercased()) \(name) ON \(relation)"
            }
        let definition = comparison.foresight.found.live[part, .definition] ?? ""
        let isOurs = expected.contains(table)
        plan.addBriefly(
            isOurs ? .tables : .possession, part.relation, .accessExclusive,
            "the \(part.kind.rawValue) \(part.name) is dropped as the caller says: \(definition)", statement)
    }

    /// A source that is not there, or that the schema itself has, would leave the rows with what nobody has said.
    private func refuseSources() throws(SQLTextError) {
        let found = comparison.foresight.found
        for choice in comparison.choices.sources {
            let (column, source) = (choice.column, CatalogObject(.column, choice.text, of: choice.column.relation))
            let isOpen = found.gap.missing.contains(column) || found.gap.different.contains { $0.object == column }
            let old = CatalogObject(.column, ReservedName.oldPrefix + choice.text, of: column.relation)
            guard isOpen, found.live.hasRelation(column.relation), !found.live.contains(old) else { continue }
            if expected.contains(source) || !found.live.contains(source) {
                plan.refuse(
                    column,
                    "--column says that it has been called \(choice.text) so far, "
                        + (expected.contains(source) ? "which the schema itself has" : "and there is no such column"),
                    cure: "name the column that has had its values, or leave that away")
            }
        }
    }

    /// The caller may have meant something else, or has repeated what is done.
    private func noteIdleChoices() {
        let (choices, foresight) = (comparison.choices, comparison.foresight)
        let replaced = foresight.tablesReplaced.map(\.name)
        for name in choices.replaced where !replaced.contains(name) {
            let hasBeen = live.hasRelation(ReservedName.old(name))
            if !comparison.isToBeReplaced(CatalogObject(.table, name)) {
                let isMissing = !live.hasRelation(name)
                plan.note(
                    "--replace \(name): "
                        + (hasBeen
                            ? "it has been replaced"
                            : isMissing ? "it is missing, and is made" : "it is as it should be"))
            }
        }
        for name in choices.setAside where !foresight.relationsAside.contains(where: { $0.name.isSame(as: name) }) {
            let hasBeen = live.hasRelation(ReservedName.aside(name))
            plan.note(
                "--set-aside \(name): "
                    + (hasBeen
                        ? "it has been set aside"
                        : "there is no such table or view, or it is what the schema has under that name"))
        }
        for choice in choices.dropped where !foresight.partsDropped.contains(where: { PartChoice($0) == choice }) {
            plan.note(
                "--drop \(choice): there is no policy, trigger, constraint or index of that name, but for what the schema has "
                    + "and primary keys, which --replace \(choice.relation) leaves behind")
        }
    }
}

extension SchemaComparison {
    /// What goes on under another name, so that it may read what is going to be old, as a list of literals for SQL.
    func namesAside() throws(SQLTextError) -> String {
        // What an earlier call has set aside is so called by now.
        let earlier = live.objects(.view).filter { view in
            [ReservedName.asidePrefix, ReservedName.oldPrefix].contains { view.name.hasPrefix($0) }
        }
        let names = (foresight.relationsAside + foresight.tablesReplaced + earlier).map(\.name)
        return names.isEmpty ? "NULL" : try literals(names)
    }

    /// The names of parts of a table that are dropped: by the caller's word, or since they refer to what is set aside.
    func dropped(_ kind: CatalogObject.Kind, of table: String) -> [String] {
        let keys = (foresight.relationsAside + foresight.tablesReplaced).flatMap {
            incomingKeys(of: $0.name, in: foresight.found.live)
        }
        return (foresight.partsDropped + keys).filter { $0.kind == kind && $0.relation.isSame(as: table) }.map(\.name)
    }
}
