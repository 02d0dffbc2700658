import SQLText

extension SchemaPlanner {
    mutating func planConstraint(_ constraint: CatalogObject) throws(SQLTextError) {
        guard let definition = expected[constraint, .definition] else { return }
        let found = live[constraint, .definition]
        if !live.hasRelation(constraint.relation) {
            // Everything else is part of CREATE TABLE; what it refers to may come later.
            if isForeignKey(constraint) { try planForeignKey(constraint, constraint.name, definition) }
        } else if found == definition {
            if live[constraint, .state] != nil { try planKey(constraint, definition) }
        } else if found == "\(definition) NOT VALID" {
            if isForeignKey(constraint) {
                try askForOrphans(constraint, definition, Self.referenced(definition))
            } else {
                try askForBreaches(constraint, definition)
            }
            try validate(constraint, constraint.name, in: .references)
        } else if found == nil, pendingColumns(in: definition, of: constraint.relation).isEmpty,
            let twin = twin(of: constraint, definition)
        {
            addBriefly(
                .leftovers, constraint.relation, .accessExclusive, "\(constraint.name) is called \(twin.name)",
                "ALTER TABLE \(try qualified(constraint.relation)) RENAME CONSTRAINT "
                    + "\(try SQLIdentifier(twin.name).quoted) TO \(try SQLIdentifier(constraint.name).quoted)")
        } else if definition.hasPrefix("PRIMARY KEY") || definition.hasPrefix("UNIQUE") {
            if let found { refuseKey(constraint, definition, found) } else { try planKey(constraint, definition) }
        } else {
            let name = found == nil ? constraint.name : Self.derived(Self.newPrefix, constraint.name)
            if isForeignKey(constraint) {
                try planForeignKey(constraint, name, definition)
            } else {
                try planCheck(constraint, name, definition)
            }
            if found != nil { try replace(constraint, with: name) }
        }
    }

    /// With the new one validated, the old one goes and gives it its name.
    private mutating func replace(_ constraint: CatalogObject, with name: String) throws(SQLTextError) {
        let table = "ALTER TABLE \(try qualified(constraint.relation))"
        let wanted = try SQLIdentifier(constraint.name).quoted
        addBriefly(
            .partitions, constraint.relation, .accessExclusive, "\(constraint.name) is another constraint",
            "\(table) DROP CONSTRAINT \(wanted)",
            "\(table) RENAME CONSTRAINT \(try SQLIdentifier(name).quoted) TO \(wanted)")
    }

    // MARK: - CHECK

    private mutating func planCheck(
        _ constraint: CatalogObject, _ name: String, _ definition: String
    ) throws(SQLTextError) {
        try askForBreaches(constraint, definition)
        guard
            live[CatalogObject(.constraint, name, of: constraint.relation), .definition] == nil
                || name == constraint.name
        else {
            return try validate(constraint, name, in: .references)
        }
        // Its columns have their names and values by then.
        addBriefly(
            .leftovers, constraint.relation, .accessExclusive, "\(constraint.name) is missing",
            "ALTER TABLE \(try qualified(constraint.relation)) ADD CONSTRAINT \(try SQLIdentifier(name).quoted) "
                + "\(definition) NOT VALID")
        try validate(constraint, name, in: .references)
    }

    private mutating func askForBreaches(
        _ constraint: CatalogObject, _ definition: String
    ) throws(SQLTextError) {
        let columns = Self.words(definition).filter {
            expected.contains(CatalogObject(.column, $0, of: constraint.relation))
        }
        let stand = columns.allSatisfy { live.contains(CatalogObject(.column, $0, of: constraint.relation)) }
        guard stand, pendingColumns(in: definition, of: constraint.relation).isEmpty,
            let expression = definition.dropped("CHECK ")
        else { return }
        ask(
            constraint,
            "SELECT NULL::text AS value, count(*) AS count FROM \(try qualified(constraint.relation)) "
                + "WHERE NOT coalesce(\(expression), true) HAVING count(*) > 0",
            "break the constraint \(definition)", cure: "bring these rows in line, then repeat the command")
    }

    /// - Parameters:
    ///   - object: what the step is about.
    ///   - table: the partition that it is on; nil for the object's own table.
    mutating func validate(
        _ object: CatalogObject, _ name: String, in phase: Phase, of table: String? = nil, for purpose: String? = nil
    ) throws(SQLTextError) {
        let relation = RelationName(schema: schema, name: table ?? object.relation)
        append(
            SchemaStep(
                object, .patiently([LockRequirement(.shareUpdateExclusive, on: relation)]),
                purpose ?? "\(object.name) is not validated",
                ["ALTER TABLE \(try relation.quoted) VALIDATE CONSTRAINT \(try SQLIdentifier(name).quoted)"]), to: phase
        )
    }

    // MARK: - FOREIGN KEY

    private mutating func planForeignKey(
        _ constraint: CatalogObject, _ name: String, _ definition: String
    ) throws(SQLTextError) {
        let relation = constraint.relation
        let quoted = try SQLIdentifier(name).quoted
        let referenced = Self.referenced(definition)
        let locks = { [schema] (table: String) in
            [table, referenced].compactMap { $0 }.map {
                LockRequirement(.shareRowExclusive, on: RelationName(schema: schema, name: $0))
            }
        }
        let purpose = "\(constraint.name) is missing"
        if !live.hasRelation(relation) {
            append(
                SchemaStep(
                    constraint, .briefly(locks(relation)), purpose,
                    ["ALTER TABLE \(try qualified(relation)) ADD CONSTRAINT \(quoted) \(definition)"]),
                to: .references)
            return
        }
        try askForOrphans(constraint, definition, referenced)
        // Up to PostgreSQL 17 a partitioned table takes no NOT VALID: each partition has the key first, and the table's
        // then finds it there.
        let targets = isPartitioned(relation) ? live.parts(.partition, of: relation).map(\.name) : [relation]
        // What an earlier call has left of it: what it has made on partitions is replaced.
        let staged = live[CatalogObject(.constraint, name, of: relation), .definition]
        if staged == definition { return }
        let leftover = isPartitioned(relation) || staged != nil ? "DROP CONSTRAINT IF EXISTS \(quoted), " : ""
        for target in targets {
            append(
                SchemaStep(
                    constraint, .briefly(locks(target)), purpose,
                    [
                        "ALTER TABLE \(try qualified(target)) \(leftover)ADD CONSTRAINT \(quoted) "
                            + "\(definition) NOT VALID"
                    ]),
                to: .references)
            try validate(constraint, name, in: .references, of: target)
        }
        if isPartitioned(relation) {
            append(
                SchemaStep(
                    constraint, .briefly(locks(relation) + targets.flatMap(locks)), purpose,
                    ["ALTER TABLE \(try qualified(relation)) ADD CONSTRAINT \(quoted) \(definition)"]),
                to: .references)
        }
    }

    /// The table behind REFERENCES, without its schema.
    static func referenced(_ definition: String) -> String? {
        guard let words = definition.firstRange(of: "REFERENCES ") else { return nil }
        let names = tokens(String(definition[words.upperBound...])).prefix { $0.text != "(" }.filter(\.isName)
        return names.last?.text
    }

    mutating func askForOrphans(
        _ constraint: CatalogObject, _ definition: String, _ referenced: String?
    ) throws(SQLTextError) {
        guard let referenced, let columns = Self.list(definition, after: "FOREIGN KEY "),
            let keys = Self.list(definition, after: "REFERENCES ")
        else { return }
        let mine = columns.map { CatalogObject(.column, $0, of: constraint.relation) }
        if !live.hasRelation(referenced) {
            return try askForReferences(constraint, definition, mine.filter { live.contains($0) }, referenced)
        }
        let theirs = keys.map { CatalogObject(.column, $0, of: referenced) }
        guard (mine + theirs).allSatisfy({ live.contains($0) && !needsConversion($0) }) else { return }
        var pairs: [String] = []
        var given: [String] = []
        var values: [String] = []
        for (column, key) in zip(columns, keys) {
            let left = "r.\(try SQLIdentifier(column).quoted)"
            pairs.append("p.\(try SQLIdentifier(key).quoted) = \(left)")
            given.append("\(left) IS NOT NULL")
            values.append("\(left)::text")
        }
        // What its rule fills anew gets a reference that stands.
        if mine.count == 1, let rule = rule(mine[0].relation, mine[0].name), rule.value != nil,
            let condition = rule.condition
        {
            given.append("NOT (\(try filled(condition, for: mine[0])))")
        }
        ask(
            constraint,
            "SELECT left(concat_ws(', ', \(values.joined(separator: ", "))), 90) AS value, count(*) AS count "
                + "FROM \(try qualified(constraint.relation)) AS r "
                + "WHERE \(given.joined(separator: " AND ")) AND NOT EXISTS (SELECT FROM \(try qualified(referenced)) AS p "
                + "WHERE \(pairs.joined(separator: " AND "))) GROUP BY 1 ORDER BY 2 DESC, 1",
            "refer to rows of \(referenced) that are not there (\(definition))",
            cure: "give these rows a reference that stands, or none, then repeat the command")
    }

    /// The table that is referred to is made, and empty then; but for what a rule puts there.
    private mutating func askForReferences(
        _ constraint: CatalogObject, _ definition: String, _ columns: [CatalogObject], _ referenced: String
    ) throws(SQLTextError) {
        guard !columns.isEmpty, !columns.contains(where: { rule($0.relation, $0.name)?.before != nil }) else { return }
        let names = try columns.map { (column) throws(SQLTextError) in "r.\(try SQLIdentifier(column.name).quoted)" }
        ask(
            constraint,
            "SELECT left(concat_ws(', ', \(names.map { "\($0)::text" }.joined(separator: ", "))), 90) AS value, "
                + "count(*) AS count FROM \(try qualified(constraint.relation)) AS r "
                + "WHERE \(names.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")) GROUP BY 1 ORDER BY 2 DESC, 1",
            "refer to rows of \(referenced), which is missing (\(definition))",
            cure: "restore the table with its rows, or give these rows no reference, then repeat the command")
    }

    /// The names in the parentheses behind a word.
    static func list(_ definition: String, after word: String) -> [String]? {
        guard let start = definition.firstRange(of: word) else { return nil }
        let rest = tokens(String(definition[start.upperBound...]))
        guard let open = rest.firstIndex(where: { $0.text == "(" }) else { return nil }
        return rest[rest.index(after: open)...].prefix { $0.text != ")" }.filter(\.isName).map(\.text)
    }

    // MARK: - PRIMARY KEY and UNIQUE

    private mutating func refuseKey(_ constraint: CatalogObject, _ definition: String, _ found: String) {
        refuse(
            constraint, "expected \(definition), found \(found)",
            cure: "a key that others may depend on is not replaced: drop it by hand, then repeat the command")
    }

    private mutating func planKey(_ constraint: CatalogObject, _ definition: String) throws(SQLTextError) {
        let relation = constraint.relation
        let columns = Self.list(definition, after: definition.hasPrefix("UNIQUE") ? "UNIQUE " : "PRIMARY KEY ") ?? []
        let kind = definition.hasPrefix("UNIQUE") ? "UNIQUE" : "PRIMARY KEY"
        if kind == "PRIMARY KEY", !live.contains(constraint),
            let other = live.parts(.constraint, of: relation).first(where: {
                live[$0, .definition]?.hasPrefix("PRIMARY KEY") ?? false
            })
        {
            return refuseKey(constraint, definition, live[other, .definition] ?? "")
        }
        if !live.contains(constraint), !isMade(constraint, columns) { try refuseTakenName(constraint) }
        try askForDuplicates(constraint, columns)
        let purpose = "\(constraint.name) is missing"
        let table = "ALTER TABLE \(try qualified(relation))"
        let quoted = try SQLIdentifier(constraint.name).quoted
        let index = "CREATE UNIQUE INDEX ON \(relation) USING btree (\(try list(columns)))"
        guard isPartitioned(relation) else {
            append(
                SchemaStep(
                    constraint, .concurrently(index: constraint.name), purpose,
                    [try createIndex(constraint.name, index, on: relation, isConcurrent: true)]), to: .leftovers)
            addBriefly(
                .keys, relation, .accessExclusive, purpose,
                "\(table) ADD CONSTRAINT \(quoted) \(kind) USING INDEX \(quoted)")
            return
        }
        if !live.contains(constraint) {
            addBriefly(
                .keys, relation, .accessExclusive, purpose,
                "ALTER TABLE ONLY \(try qualified(relation)) ADD CONSTRAINT \(quoted) \(definition)")
        }
        for partition in partitions(without: constraint) {
            let part = Self.derived("\(partition)_", constraint.name.dropped("\(relation)_") ?? constraint.name)
            try askForTakenPart(constraint, part, of: partition, index, isKey: true)
            append(
                SchemaStep(
                    constraint, .concurrently(index: part), "\(purpose) on \(partition)",
                    [try createIndex(part, index, on: partition, isConcurrent: true)]), to: .leftovers)
            let partName = try SQLIdentifier(part).quoted
            addBriefly(
                .keys, partition, .accessExclusive, locking: part, purpose,
                [
                    "ALTER TABLE \(try qualified(partition)) ADD CONSTRAINT \(partName) \(kind) USING INDEX \(partName)",
                    "ALTER INDEX \(try qualified(constraint.name)) ATTACH PARTITION \(try qualified(part))",
                ])
        }
    }

    /// Whether its index stands already, as an interrupted call has left it: valid or not, it is taken.
    private func isMade(_ constraint: CatalogObject, _ columns: [String]) -> Bool {
        let index = CatalogObject(.index, constraint.name, of: constraint.relation)
        guard let definition = live[index, .definition], definition.hasPrefix("CREATE UNIQUE INDEX") else {
            return false
        }
        return Self.list(definition, after: " USING btree ") == columns && !definition.contains(") WHERE ")
    }

    private mutating func askForDuplicates(_ constraint: CatalogObject, _ columns: [String]) throws(SQLTextError) {
        let objects = columns.map { CatalogObject(.column, $0, of: constraint.relation) }
        guard objects.allSatisfy({ live.contains($0) && !needsConversion($0) }) else { return }
        let list = try list(columns)
        let present = try columns.map { (name) throws(SQLTextError) in
            "\(try SQLIdentifier(name).quoted) IS NOT NULL"
        }.joined(separator: " AND ")
        ask(
            constraint,
            "SELECT d.value, d.count FROM (SELECT concat_ws(', ', \(list)) AS value, count(*) AS count "
                + "FROM \(try qualified(constraint.relation)) WHERE \(present) GROUP BY \(list) HAVING count(*) > 1) AS d "
                + "ORDER BY d.count DESC LIMIT 100",
            "have the same \(columns.joined(separator: ", "))",
            cure: "keep one row of each, then repeat the command")
    }
}
