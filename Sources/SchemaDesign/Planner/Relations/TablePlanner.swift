import SQLText

extension SchemaPlanner {
    mutating func planTable(_ table: CatalogObject) throws(SQLTextError) {
        if !live.contains(table) {
            try planNewTable(table)
        } else if let key = difference(table, .partitionKey) {
            refusePartitioning(table, key)
        } else {
            try planOwner(table)
            for column in expected.parts(.column, of: table.name) { try planColumn(column) }
            try planSettings(table)
        }
        for constraint in expected.parts(.constraint, of: table.name) { try planConstraint(constraint) }
        for index in expected.parts(.index, of: table.name) { try planIndex(index) }
        try planLeftovers(of: table.name)
    }

    // MARK: - New tables

    private mutating func planNewTable(_ table: CatalogObject) throws(SQLTextError) {
        try refuseTakenName(table)
        let name = try qualified(table.name)
        let columns = expected.parts(.column, of: table.name).sorted { position($0) < position($1) }
        var lines: [String] = []
        for column in columns { lines.append("    " + (try columnDefinition(column))) }
        for key in expected.parts(.constraint, of: table.name) where !isForeignKey(key) {
            let definition = expected[key, .definition] ?? ""
            if Self.isKey(definition) { try refuseTakenName(key) }
            lines.append("    CONSTRAINT \(try SQLIdentifier(key.name).quoted) \(definition)")
        }
        let partitioned = expected[table, .partitionKey].map { " PARTITION BY \($0)" } ?? ""
        let options = expected[table, .options].map { " WITH (\($0))" } ?? ""
        var statements = ["CREATE TABLE \(name) (\n\(lines.joined(separator: ",\n"))\n)\(partitioned)\(options)"]
        statements += try revocation(on: table)
        statements.append("ALTER TABLE \(name) OWNER TO \(try owner(table))")
        for column in columns {
            if let storage = try setStorage(column) { statements.append(storage) }
        }
        if expected[table, .rowSecurity] != nil {
            statements.append("ALTER TABLE \(name) ENABLE ROW LEVEL SECURITY")
        }
        append(SchemaStep(table, .together, "the table is missing", statements), to: .tables)
    }

    private func position(_ column: CatalogObject) -> Int {
        expected[column, .position].flatMap { Int($0) } ?? Int.max
    }

    /// As in CREATE TABLE and ADD COLUMN.
    func columnDefinition(_ column: CatalogObject) throws(SQLTextError) -> String {
        var words = [try SQLIdentifier(column.name).quoted, expected[column, .type] ?? ""]
        if let collation = expected[column, .collation] { words.append("COLLATE \(collation)") }
        if let generated = expected[column, .generated] { words.append("GENERATED \(generated)") }
        if let value = expected[column, .default] { words.append("DEFAULT \(value)") }
        if expected[column, .null] != nil { words.append("NOT NULL") }
        return words.joined(separator: " ")
    }

    func isForeignKey(_ constraint: CatalogObject) -> Bool {
        expected[constraint, .definition]?.hasPrefix("FOREIGN KEY") ?? false
    }

    // MARK: - Tables that stand

    private mutating func refusePartitioning(_ table: CatalogObject, _ key: SchemaGap.Difference) {
        let found = key.found.map { "PARTITION BY \($0)" } ?? "one table with \(live[table, .bytes] ?? "?") bytes"
        refuse(
            table, "expected PARTITION BY \(key.expected ?? "nothing"), found \(found)",
            cure: "pgtend does not move a table's rows into partitions: rename the table and its indexes, let "
                + "'pgtend schema apply' make the partitioned one, copy the rows in batches, and drop the old one when "
                + "the counts agree")
    }

    /// An owner is not bound by row-level security: one that is not the schema's own would see every tenant.
    private mutating func planOwner(_ table: CatalogObject) throws(SQLTextError) {
        guard let owner = difference(table, .owner), let former = owner.found else { return }
        addBriefly(
            .owners, table.name, .accessExclusive, "the table belongs to \(former)",
            "ALTER TABLE \(try qualified(table.name)) OWNER TO \(try self.owner(table))")
    }

    private mutating func planSettings(_ table: CatalogObject) throws(SQLTextError) {
        let name = try qualified(table.name)
        if let options = difference(table, .options), let wanted = options.expected {
            addBriefly(
                .privileges, table.name, .shareUpdateExclusive, "its options are \(options.found ?? "none")",
                "ALTER TABLE \(name) SET (\(wanted))")
        }
        if let security = difference(table, .rowSecurity) {
            let statement =
                switch (security.expected, security.found) {
                case (nil, _): "DISABLE ROW LEVEL SECURITY"
                case (_, "FORCED"): "NO FORCE ROW LEVEL SECURITY"
                default: "ENABLE ROW LEVEL SECURITY"
                }
            addBriefly(
                .rowSecurity, table.name, .accessExclusive,
                "row-level security is \(security.found.map { $0.lowercased() } ?? "off")",
                "ALTER TABLE \(name) \(statement)")
        }
    }

    /// A logged table cannot refer to one that is not: what others refer to comes first.
    mutating func refusePersistence() throws(SQLTextError) {
        var waiting = expected.objects(.table).filter { difference($0, .persistence) != nil }
        while !waiting.isEmpty {
            let ready =
                waiting.first { table in !waiting.contains { $0 != table && refers(table.name, to: $0.name) } }
                ?? waiting[0]
            waiting.removeAll { $0 == ready }
            refuse(
                ready, "expected a logged table, found \(live[ready, .persistence] ?? "?")",
                cure: "a crash empties an unlogged table: ALTER TABLE \(try qualified(ready.name)) SET LOGGED, "
                    + "which rewrites it")
        }
    }

    private func refers(_ table: String, to other: String) -> Bool {
        live.parts(.constraint, of: table).contains { key in
            let definition = live[key, .definition] ?? ""
            return definition.hasPrefix("FOREIGN KEY") && Self.referenced(definition) == other
        }
    }

    // MARK: - Leftovers

    /// What an interrupted call has left that is needed no more. What still is, its own step takes away.
    private mutating func planLeftovers(of table: String) throws(SQLTextError) {
        guard live.contains(CatalogObject(.table, table)) else { return }
        let qualifiedName = try qualified(table)
        for check in live.parts(.constraint, of: table) {
            guard let name = check.name.dropped(Self.notNullPrefix) else { continue }
            let column = CatalogObject(.column, name, of: table)
            // Of a column under conversion it is about the new one.
            guard isNotNull(column), !needsConversion(column) else { continue }
            addBriefly(
                .leftovers, table, .accessExclusive, "\(check.name) has served",
                "ALTER TABLE \(qualifiedName) DROP CONSTRAINT \(try SQLIdentifier(check.name).quoted)")
        }
        for trigger in live.parts(.trigger, of: table) {
            guard let name = trigger.name.dropped(Self.syncPrefix) else { continue }
            let column = CatalogObject(.column, name, of: table)
            if try !needsSync(column) { try planEndOfSync(column, in: .leftovers) }
        }
    }
}

extension String {
    /// The rest behind a prefix; nil where it has none.
    func dropped(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
