import SQLText

/// Values for existing rows: from a rule of `sql/mcp/rules`, else the default of a column that must not be NULL.
///
/// A trigger gives a rule's value to rows that are written meanwhile, so that programs that do not know the column yet
/// can go on writing.
struct FillingPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planFilling(_ column: CatalogObject) throws(SQLTextError) {
        let name = try SQLIdentifier(column.name).quoted
        let isMandatory = expected[column, .null] != nil && !comparison.isNotNull(column)
        if comparison.formerColumn(of: column) != nil { return }
        if let rule = comparison.rule(of: column), rule.value != nil || rule.deriving != nil {
            try planRule(rule, of: column)
        } else if isMandatory, let value = expected[column, .default] {
            plan.add(
                .values, column,
                .inBatches(
                    try comparison.backfill(column, "\(name) = \(defaultValue(of: column, value))", "r.\(name) IS NULL")
                ),
                "rows without \(column.name) get its default")
        } else if isMandatory {
            plan.refuseRows(
                column,
                answering: "SELECT NULL::text AS value, count(*) AS count FROM \(try qualified(column.relation)) AS r "
                    + "WHERE r.\(name) IS NULL HAVING count(*) > 0",
                "have no \(column.name), which must not be NULL",
                cure: "\(try givingValues(to: column)); then repeat the command")
        }
    }

    private func planRule(_ rule: RepairRule, of column: CatalogObject) throws(SQLTextError) {
        if let deriving = rule.deriving {
            try planDerivation(of: column, rule, by: deriving)
        } else {
            try planValue(of: column, rule)
        }
    }

    private func planDerivation(
        of column: CatalogObject, _ rule: RepairRule, by deriving: String
    ) throws(SQLTextError) {
        let by = try SQLIdentifier(deriving).quoted
        let name = try SQLIdentifier(column.name).quoted
        let condition = rule.condition ?? "r.\(name) IS NULL"
        let lack = try comparison.lack(column, condition, by: rule)
        let isAskable = isAskable(rule)
        if isAskable { plan.pose(lack) }
        guard !live.contains(column) || !isAskable || comparison.isAnsweredByRows(lack) else {
            if let report = rule.report, comparison.answers[lack] != nil {
                plan.noteUnfilled(
                    column, SchemaQuestion(object: column, reading: .rows(of: rule.relations), query: report))
            }
            return
        }
        // After the trigger that derives the value exists, and before any other trigger does: for everybody else these
        // rows do not change.
        plan.append(
            SchemaStep(
                column, .inBatches(try comparison.backfill(column, "\(by) = r.\(by)", condition)),
                "\(column.name) is derived by its trigger", []), to: .indexes)
    }

    /// Whether all that its functions read stands as they expect it. As long as it does not, a question would fail in them.
    private func isAskable(_ rule: RepairRule) -> Bool {
        let foresight = comparison.foresight
        return rule.relations.allSatisfy { table in
            expected.parts(.column, of: table).allSatisfy(foresight.found.live.contains)
                && !(foresight.relationsAside + foresight.tablesReplaced).contains { $0.name.isSame(as: table) }
        }
    }

    private func planValue(of column: CatalogObject, _ rule: RepairRule) throws(SQLTextError) {
        let name = try SQLIdentifier(column.name).quoted
        // A rule that never refuses may be used again at any time.
        if rule.refusal == nil, let condition = rule.condition {
            plan.pose(try comparison.lack(column, condition, by: rule))
        }
        guard try comparison.fillingRule(of: column) != nil, let value = rule.value else { return }
        if let refusal = rule.refusal {
            let isMapped = [value, refusal].contains { $0.contains("{mappings}") }
            plan.refuseRows(
                column, of: rule.relations, answering: try comparison.filled(refusal, for: column),
                "\(column.name) cannot be told",
                cure: try givingValues(to: column)
                    + (isMapped ? ", or say which is meant: --map '\(column.relation).\(column.name):OLD=NEW'" : "")
                    + "; then repeat the command")
        }
        let purpose = "rows without \(column.name) get it"
        let filledValue = try comparison.filled(value, for: column)
        plan.addBriefly(
            .columns, column.relation, .accessExclusive, purpose,
            try SyncTrigger(comparison, column).creation(
                assignment: "NEW.\(name) := coalesce(NEW.\(name), (SELECT \(filledValue) FROM (SELECT NEW.*) AS r))",
                isDefiner: true))
        if let before = rule.before {
            plan.append(
                SchemaStep(
                    column, .together, "what \(column.name) refers to has to be there",
                    [try comparison.filled(before, for: column)]),
                to: .values)
        }
        plan.add(
            .values, column,
            .inBatches(
                try comparison.backfill(column, "\(name) = \(filledValue)", rule.condition ?? "r.\(name) IS NULL")),
            purpose)
        // For a column that must not be NULL the trigger goes with SET NOT NULL, else once the foreign key is valid.
        if expected[column, .null] == nil { try planEndOfSync(column, in: .partitions) }
    }

    /// How rows get a value that have none.
    func givingValues(to column: CatalogObject) throws(SQLTextError) -> String {
        let (name, place) = (try SQLIdentifier(column.name).quoted, "\(column.relation).\(column.name)")
        let addition =
            live.contains(column)
            ? ""
            : " (ALTER TABLE \(try qualified(column.relation)) ADD COLUMN IF NOT EXISTS \(name) "
                + "\(expected[column, .type] ?? ""))"
        let source =
            live.contains(column) ? "" : "say which column has had its values so far (--column '\(place)=SOURCE'), "
        return "\(source)say what they get (--fill '\(place)=VALUE'), or give each of them one by hand\(addition)"
    }

    /// A row without `updated_at` was last changed when it was created, as far as anybody knows.
    private func defaultValue(of column: CatalogObject, _ value: String) -> String {
        let made = CatalogObject(.column, "created_at", of: column.relation)
        guard value == "now()", column.name == "updated_at", live.contains(made) else { return value }
        return "coalesce(r.created_at, now())"
    }
}
