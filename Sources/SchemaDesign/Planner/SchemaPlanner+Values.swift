import SQLText

/// Values of rows that stand: what a rule of `sql/mcp/rules` says, else the default of a column that must not be NULL.
///
/// A rule's value is also given to rows that are written meanwhile, by a trigger, so that programs which do not know of
/// the column yet go on until it must not be NULL.
extension SchemaPlanner {
    mutating func planFilling(_ column: CatalogObject) throws(SQLTextError) {
        let name = try SQLIdentifier(column.name).quoted
        let isMandatory = expected[column, .null] != nil && !isNotNull(column)
        if formerColumn(of: column) != nil { return }
        if let rule = rule(column.relation, column.name), rule.value != nil || rule.deriving != nil {
            try planFilling(column, by: rule)
        } else if isMandatory, let value = expected[column, .default] {
            add(
                .values, column,
                .inBatches(backfill(column, "\(name) = \(filling(column, value))", "r.\(name) IS NULL")),
                "rows without \(column.name) get its default")
        } else if isMandatory {
            ask(
                column,
                "SELECT NULL::text AS value, count(*) AS count FROM \(try qualified(column.relation)) AS r "
                    + "WHERE r.\(name) IS NULL HAVING count(*) > 0",
                "have no \(column.name), which must not be NULL",
                cure: "give them a value, then repeat the command")
        }
    }

    /// A row that nobody has changed was last changed when it was made.
    private func filling(_ column: CatalogObject, _ value: String) -> String {
        let made = CatalogObject(.column, "created_at", of: column.relation)
        guard value == "now()", column.name == "updated_at", live.contains(made) else { return value }
        return "coalesce(r.created_at, now())"
    }

    private mutating func planFilling(_ column: CatalogObject, by rule: RepairRule) throws(SQLTextError) {
        let name = try SQLIdentifier(column.name).quoted
        if let deriving = rule.deriving {
            let by = try SQLIdentifier(deriving).quoted
            let condition = rule.condition ?? "r.\(name) IS NULL"
            let lack = try lack(column, condition)
            count(lack)
            guard !live.contains(column) || isAnsweredByRows(lack) else {
                if let report = rule.report, answers[lack] != nil { noteUnfilled(column, report) }
                return
            }
            // Behind its trigger, and before any other: these rows do not change for anybody.
            append(
                SchemaStep(
                    column, .inBatches(backfill(column, "\(by) = r.\(by)", condition)),
                    "\(column.name) is derived by its trigger", []), to: .indexes)
            return
        }
        // A rule that never refuses may be used again at any time.
        if rule.refusal == nil, let condition = rule.condition { count(try lack(column, condition)) }
        guard try fillingRule(column) != nil, let value = rule.value else { return }
        if let refusal = rule.refusal {
            ask(
                column, try filled(refusal, for: column), "\(column.name) cannot be told",
                cure: "give these rows a \(column.name) by hand, or say which is meant: "
                    + "--map '\(column.relation).\(column.name):OLD=NEW'; then repeat the command")
        }
        takers.insert(column)
        let purpose = "rows without \(column.name) get it"
        let filledValue = try filled(value, for: column)
        addBriefly(
            .columns, column.relation, .accessExclusive, purpose,
            try syncFunctionDefinition(
                column,
                assignment: "NEW.\(name) := coalesce(NEW.\(name), (SELECT \(filledValue) FROM (SELECT NEW.*) AS r))",
                isDefiner: true),
            try syncTriggerDefinition(column))
        if let before = rule.before {
            append(
                SchemaStep(
                    column, .together, "what \(column.name) refers to has to be there",
                    [try filled(before, for: column)]),
                to: .values)
        }
        add(
            .values, column,
            .inBatches(backfill(column, "\(name) = \(filledValue)", rule.condition ?? "r.\(name) IS NULL")),
            purpose)
        // With NOT NULL; else when its foreign key stands.
        if expected[column, .null] == nil { try planEndOfSync(column, in: .partitions) }
    }

    private mutating func noteUnfilled(_ column: CatalogObject, _ report: String) {
        let obstacles = obstacles(SchemaQuestion(object: column, query: report))
        guard !obstacles.isEmpty else { return }
        unfilled.append(
            "\(column.relation): \(Self.rows(obstacles)) stay without \(column.name): "
                + Self.list(obstacles) { "\($0.count) \($0.value ?? "")" })
    }

    /// The rule by which rows get their value, as long as the column is not what it should be.
    func fillingRule(_ column: CatalogObject) throws(SQLTextError) -> RepairRule? {
        guard let rule = rule(column.relation, column.name), rule.value != nil else { return nil }
        if !live.contains(column) || expected[column, .null] != nil && !isNotNull(column) { return rule }
        guard let condition = rule.condition else { return nil }
        let isFillable =
            rule.refusal == nil ? isAnsweredByRows(try lack(column, condition)) : isLackingReference(column)
        return isFillable ? rule : nil
    }

    /// Whether there are rows that lack something.
    func lack(_ column: CatalogObject, _ condition: String) throws(SQLTextError) -> SchemaQuestion {
        SchemaQuestion(
            object: column,
            query: "SELECT NULL::text AS value, 1::bigint AS count FROM \(try qualified(column.relation)) AS r "
                + "WHERE \(condition) LIMIT 1")
    }

    /// Its foreign key does not stand yet, or is not validated.
    private func isLackingReference(_ column: CatalogObject) -> Bool {
        expected.parts(.constraint, of: column.relation).contains { key in
            isForeignKey(key) && live[key, .definition] != expected[key, .definition]
                && (expected[key, .definition] ?? "").contains("(\(column.name))")
        }
    }

    /// A rule's SQL, with what the caller says that old values are called by now.
    func filled(_ sql: String, for column: CatalogObject) throws(SQLTextError) -> String {
        var rows: [String] = []
        for mapping in mappings where mapping.isFor(column.relation, column.name) {
            rows.append("(\(try SQLLiteral(mapping.old).quoted), \(try SQLLiteral(mapping.new).quoted))")
        }
        let list =
            rows.isEmpty ? "(SELECT NULL::text, NULL::text WHERE false)" : "(VALUES \(rows.joined(separator: ", ")))"
        return sql.replacing("{mappings}", with: list)
    }

    func backfill(_ column: CatalogObject, _ assignment: String, _ condition: String) -> Backfill {
        Backfill(tables: storages(of: column.relation), assignment: assignment, condition: condition)
    }
}
