import SQLText

/// Tables: a missing one is created, an existing one gets what it lacks.
struct TablePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planTable(_ table: CatalogObject) throws(SQLTextError) {
        if !live.contains(table) {
            try planNewTable(table)
        } else if let key = difference(table, .partitionKey) {
            refuseCopying(
                table,
                "expected PARTITION BY \(key.expected ?? "nothing"), found "
                    + (key.found.map { "PARTITION BY \($0)" } ?? "one table"))
        } else if comparison.isToBeReplaced(table), !comparison.isReplaced(table) {
            refuseCopying(table, "it is to be made anew with its rows")
        } else if comparison.isReplaced(table) {
            try ReplacementPlanner(self).planReplacement(of: table)
        } else {
            try DependantPlanner(self).askForRowTypeUsers(of: table)
            let columns = ColumnPlanner(self)
            for column in expected.parts(.column, of: table.name) { try columns.planColumn(column) }
            try NotNullPlanner(self).planUnknownColumns(of: table)
            try planSettings(table)
        }
        let (constraints, indexes) = (ConstraintPlanner(self), IndexPlanner(self))
        for constraint in expected.parts(.constraint, of: table.name) { try constraints.planConstraint(constraint) }
        for index in expected.parts(.index, of: table.name) { try indexes.planIndex(index) }
        try planLeftovers(of: table.name)
    }

    // MARK: - New tables

    private func planNewTable(_ table: CatalogObject) throws(SQLTextError) {
        let names = TakenNamePlanner(self)
        if !comparison.foresight.relationsAside.contains(where: { $0.name.isSame(as: table.name) }) {
            try names.refuseTakenName(table)
        }
        for key in expected.parts(.constraint, of: table.name)
        where ConstraintDefinition(expected[key, .definition] ?? "").hasIndex {
            try names.refuseTakenName(key)
        }
        plan.append(SchemaStep(table, .together, "the table is missing", try creation(of: table)), to: .tables)
    }

    /// The statements that make the table as it should be, without indexes and foreign keys.
    func creation(of table: CatalogObject) throws(SQLTextError) -> [String] {
        let name = try qualified(table.name)
        let columns = expected.parts(.column, of: table.name).sorted { position($0) < position($1) }
        var lines: [String] = []
        for column in columns { lines.append("    " + (try comparison.columnDefinition(column))) }
        for key in expected.parts(.constraint, of: table.name) where !comparison.isForeignKey(key) {
            let definition = expected[key, .definition] ?? ""
            lines.append("    CONSTRAINT \(try SQLIdentifier(key.name).quoted) \(definition)")
        }
        let partitioned = expected[table, .partitionKey].map { " PARTITION BY \($0)" } ?? ""
        let options = expected[table, .options].map { " WITH (\($0))" } ?? ""
        var statements = ["CREATE TABLE \(name) (\n\(lines.joined(separator: ",\n"))\n)\(partitioned)\(options)"]
        statements += try GrantStatements(comparison).revocation(on: table)
        statements.append("ALTER TABLE \(name) OWNER TO \(try comparison.owner(table))")
        for column in columns {
            if let storage = try comparison.setStorage(column) { statements.append(storage) }
        }
        if expected[table, .rowSecurity] != nil {
            statements.append("ALTER TABLE \(name) ENABLE ROW LEVEL SECURITY")
        }
        return statements
    }

    private func position(_ column: CatalogObject) -> Int {
        expected[column, .position].flatMap { Int($0) } ?? Int.max
    }

    // MARK: - Tables that stand

    /// A table that is too large to be replaced within the deadline.
    private func refuseCopying(_ table: CatalogObject, _ trouble: String) {
        let time = Foresight.copying(of: table, in: live)
        let seconds = time.map { max(1, $0.components.seconds * 2 + 1) } ?? Int64.max
        // As long as the configuration lets a step make others wait.
        let inOnePiece =
            seconds <= 60
            ? "in a window in which that does no harm, repeat the command: PGTEND_LOCK_TIMEOUT=\(seconds)s "
                + "PGTEND_LOCK_BUDGET_PER_HOUR=\(seconds * 2)s pgtend schema repair ...; or "
            : ""
        plan.refuse(
            table,
            "\(trouble), with \(live[table, .bytes] ?? "?") bytes, which are copied in about "
                + "\(time.map { "\(max(1, $0.components.seconds)) s" } ?? "an unknown time"), and "
                + "nobody can read or write the table for so long",
            cure:
                "\(inOnePiece)set the table aside (--set-aside \(table.name)), which makes an empty one in its place at once, "
                + "and copy the rows by the statement under notes")
    }

    private func planSettings(_ table: CatalogObject) throws(SQLTextError) {
        let name = try qualified(table.name)
        if let options = difference(table, .options), let wanted = options.expected {
            plan.addBriefly(
                .privileges, table.name, .shareUpdateExclusive, "its options are \(options.found ?? "none")",
                "ALTER TABLE \(name) SET (\(wanted))")
        }
        // Where it is forced, that has ended when the table got its owner.
        if let security = difference(table, .rowSecurity), security.expected == nil || security.found != "FORCED" {
            plan.addBriefly(
                .rowSecurity, table.name, .accessExclusive,
                "row-level security is \(security.found.map { $0.lowercased() } ?? "off")",
                "ALTER TABLE \(name) \(security.expected == nil ? "DISABLE" : "ENABLE") ROW LEVEL SECURITY")
        }
    }

    /// A logged table cannot refer to an unlogged one: tables that others refer to come first.
    func refusePersistence() throws(SQLTextError) {
        var waiting = expected.objects(.table).filter { difference($0, .persistence) != nil }
        while !waiting.isEmpty {
            let ready =
                waiting.first { table in !waiting.contains { $0 != table && refers(table.name, to: $0.name) } }
                ?? waiting[0]
            waiting.removeAll { $0 == ready }
            plan.refuse(
                ready, "expected a logged table, found \(live[ready, .persistence] ?? "?")",
                cure: try logging(ready))
        }
        for difference in gap.different
        where difference.object.kind == .partition && difference.property == .persistence {
            plan.refuse(
                difference.object, "expected a logged partition, found \(difference.found ?? "?")",
                cure: try logging(difference.object))
        }
    }

    private func logging(_ relation: CatalogObject) throws(SQLTextError) -> String {
        "a crash empties an unlogged table: ALTER TABLE \(try qualified(relation.name)) SET LOGGED, which rewrites it"
    }

    private func refers(_ table: String, to other: String) -> Bool {
        live.parts(.constraint, of: table).contains { key in
            let definition = ConstraintDefinition(live[key, .definition] ?? "")
            return definition.isForeignKey && definition.referencedTable == other
        }
    }

    // MARK: - Leftovers

    /// Removes what an interrupted call has left and nothing needs any more. What is still needed goes with the step
    /// that needs it.
    private func planLeftovers(of table: String) throws(SQLTextError) {
        guard live.contains(CatalogObject(.table, table)) else { return }
        let qualifiedName = try qualified(table)
        for check in live.parts(.constraint, of: table) {
            guard let name = check.name.withoutPrefix(ReservedName.notNullPrefix) else { continue }
            let column = CatalogObject(.column, name, of: table)
            // While a column is converted, the CHECK is on the new one.
            guard comparison.isNotNull(column), !comparison.needsConversion(column) else { continue }
            plan.addBriefly(
                .leftovers, table, .accessExclusive, "\(check.name) has served",
                "ALTER TABLE \(qualifiedName) DROP CONSTRAINT \(try SQLIdentifier(check.name).quoted)")
        }
        for trigger in live.parts(.trigger, of: table) {
            guard let name = trigger.name.withoutPrefix(ReservedName.syncPrefix) else { continue }
            let column = CatalogObject(.column, name, of: table)
            if try !comparison.needsSync(column) { try planEndOfSync(column, in: .leftovers) }
        }
    }
}
