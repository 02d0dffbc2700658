import SQLText

/// What depends on something that has to change, or to be dropped.
///
/// When a column is renamed, whatever depends on it stays with the old column without anybody noticing: a key no longer
/// guards anything, a CHECK fails for every new row. When something is dropped, the server would refuse the drop in the
/// middle of the plan, and only whoever created the dependants knows how to create them again.
struct DependantPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// A view keeps reading the column that it was created on: after a renaming it would show old values. The server
    /// does not change the type of a column that a view reads.
    ///
    /// - Parameter isRenamed: otherwise its type changes under its name.
    func askForViews(on column: CatalogObject, isRenamed: Bool) throws(SQLTextError) {
        let aside = isRenamed ? try comparison.namesAside() : "NULL"
        plan.refuseRows(
            column,
            answering: """
                SELECT v.ev_class::regclass::text AS value, count(DISTINCT v.ev_class) AS count
                FROM pg_depend AS d
                JOIN pg_rewrite AS v ON v.oid = d.objid
                JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                JOIN pg_class AS c ON c.oid = v.ev_class
                WHERE NOT coalesce(c.relnamespace = to_regnamespace(\(try SQLLiteral(schema).quoted))
                        AND c.relname IN (\(aside)), false)
                    AND d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
                    AND d.refobjid = \(try SQLLiteral(try qualified(column.relation)).quoted)::regclass
                    AND a.attname = \(try SQLLiteral(column.name).quoted)
                GROUP BY 1
                """,
            "views read \(column.name), which has to change",
            cure: "drop these views, repeat the command, and make them again",
            option: isRenamed
                ? "--set-aside VIEW for each"
                : "--set-aside VIEW for each, and --replace \(column.relation)")
    }

    /// - Parameter isRenamed: otherwise its type changes under its name, and the server takes care of indexes and
    ///   constraints, and of nothing else.
    func askForDependants(of column: CatalogObject, isRenamed: Bool) throws(SQLTextError) {
        let trouble =
            "uses \(column.name), which has to change\(isRenamed ? ", and would go on with the old column" : "")"
        // What the schema expects is created on the new column.
        func own(_ kind: CatalogObject.Kind) -> SchemaQuestion.Parameter {
            .texts(
                (isRenamed ? expected.parts(kind, of: column.relation).map(\.name) + twins(kind, of: column) : [])
                    + comparison.dropped(kind, of: column.relation))
        }
        plan.refuseEach(
            ObstacleQuery.dependants.question(
                about: column, .text(try qualified(column.relation)), .text(column.name), .flag(isRenamed),
                own(.trigger), own(.policy), own(.constraint), own(.index)), { "the \($0) \(trouble)" },
            then: Self.afterDropping, option: dropping)
        guard isRenamed else { return }
        try askForChecks(on: column)
        try noteIndexes(on: column)
        try noteTriggers(of: column.relation)
    }

    /// The server gives a table no column with a default, and no column another type, while rows of it are values of
    /// another table's column: be it a temporary one, which anybody may make who may use the schema.
    func askForRowTypeUsers(of table: CatalogObject) throws(SQLTextError) {
        let columns = expected.parts(.column, of: table.name)
        let isChanged = columns.contains { column in
            difference(column, .type) != nil || difference(column, .generated) != nil
                || !live.contains(column)
                    && (expected[column, .default] != nil || expected[column, .generated] != nil)
        }
        guard isChanged else { return }
        plan.refuseEach(
            ObstacleQuery.rowTypeUsers.question(about: table, .text(try qualified(table.name))),
            { "the \($0) holds rows of \(table.name), whose columns have to change" }, then: Self.afterDropping)
    }

    /// The server rebuilds indexes and constraints from their definitions when a type changes under them. An operator
    /// class, an operator or a function may not take the new type.
    func askForReaders(of column: CatalogObject, _ change: TypeChange) throws(SQLTextError) {
        if change.isReadAlike { return }
        let wanted = change.wanted.name
        plan.refuseEach(
            ObstacleQuery.readers.question(
                about: column, .text(try qualified(column.relation)), .text(column.name), .text(wanted),
                .texts(twins(.constraint, of: column)), .texts(twins(.index, of: column)),
                .flag(change.isBetweenNumbers), .texts(comparison.dropped(.constraint, of: column.relation)),
                .texts(comparison.dropped(.index, of: column.relation))),
            { "the \($0) uses \(column.name), which has to become \(wanted), and may not take that" },
            then: Self.afterDropping, option: dropping)
    }

    /// The parts of the column's table whose definition the schema expects, whatever their names.
    private func twins(_ kind: CatalogObject.Kind, of column: CatalogObject) -> [String] {
        let wanted = Set(expected.parts(kind, of: column.relation).compactMap { expected[$0, .definition] })
        return live.parts(kind, of: column.relation).filter { part in
            live[part, .definition].map { wanted.contains($0) } ?? false
        }.map(\.name)
    }

    private func isUnknown(_ object: CatalogObject) -> Bool {
        !expected.contains(object) && !object.name.hasPrefix(ReservedName.prefix)
            && !object.name.hasPrefix(ReservedName.syncPrefix)
    }

    // MARK: - CHECK

    /// New rows have NULL in the old column. A CHECK of that column alone that NULL meets does no harm.
    private func askForChecks(on column: CatalogObject) throws(SQLTextError) {
        let table = try qualified(column.relation)
        for check in live.parts(.constraint, of: column.relation) {
            guard let definition = live[check, .definition], !definition.isSame(as: expected[check, .definition]),
                !check.name.hasPrefix(ReservedName.prefix),
                let expression = ConstraintDefinition(definition).checkedExpression
            else { continue }
            let words = DeparsedExpression(expression).names
            let columns = live.parts(.column, of: column.relation).map(\.name).filter { words.contains($0) }
            guard columns.contains(column.name) else { continue }
            var isHarmless = !isUnknown(check)
            if columns.count == 1 {
                let row = "SELECT NULL::\(live[column, .type] ?? "text") AS \(try SQLIdentifier(column.name).quoted)"
                let question = SchemaQuestion(
                    object: check, reading: .rows,
                    query: "SELECT NULL::text AS value, 1::bigint AS count FROM (\(row)) AS r "
                        + "WHERE NOT coalesce(\(expression), true)", quoting: true)
                plan.pose(question)
                isHarmless = !comparison.isAnsweredByRows(question)
            }
            let drop = "ALTER TABLE \(table) DROP CONSTRAINT \(try SQLIdentifier(check.name).quoted)"
            if !isHarmless {
                plan.refuse(
                    check,
                    "\(definition) is about \(column.name), which has to change, and would go on with the old column, "
                        + "which is NULL in new rows",
                    cure: "\(drop); then repeat the command, and make it again where it is still needed")
            } else if isUnknown(check) {
                plan.note(
                    "\(column.relation): the constraint \(check.name) stays on \(ReservedName.oldPrefix)\(column.name), and is "
                        + "about old rows alone: \(drop)")
            }
        }
    }

    // MARK: - What is only noted

    private func noteIndexes(on column: CatalogObject) throws(SQLTextError) {
        for index in live.parts(.index, of: column.relation) where isUnknown(index) {
            let definition = IndexDefinition(live[index, .definition] ?? "")
            guard !definition.isUnique, DeparsedExpression(definition.using).names.contains(column.name)
            else { continue }
            plan.note(
                "\(column.relation): the index \(index.name) stays on \(ReservedName.oldPrefix)\(column.name): "
                    + "DROP INDEX \(try qualified(index.name))")
        }
    }

    /// No catalog tells which columns a trigger's function reads.
    private func noteTriggers(of table: String) throws(SQLTextError) {
        for trigger in live.parts(.trigger, of: table) where isUnknown(trigger) {
            let definition = live[trigger, .definition] ?? ""
            guard let words = definition.firstRange(of: " EXECUTE FUNCTION ") else { continue }
            let call = DeparsedExpression(String(definition[words.upperBound...])).tokens.prefix { $0.text != "(" }
            guard let function = call.last(where: \.isName)?.text,
                !expected.objects(.function).contains(where: { $0.name.hasPrefix("\(function)(") })
            else { continue }
            let note =
                "\(table): nothing tells which columns the trigger \(trigger.name) reads (\(function)); one that reads a "
                + "column that is renamed fails from then on, and has to be changed or dropped before: "
                + "DROP TRIGGER \(try SQLIdentifier(trigger.name).quoted) ON \(try qualified(table))"
            plan.noteOnce(note)
        }
    }

    // MARK: - What is dropped and made anew

    /// - Parameter objects: what is dropped together; the first is the one to change, the others depend on it.
    func askForUsers(ofDropped objects: [CatalogObject]) throws(SQLTextError) {
        guard let object = objects.first else { return }
        let functions = try objects.filter { $0.kind == .function }.map { (function) throws(SQLTextError) in
            try comparison.functionName(function)
        }
        let relations = try objects.filter { $0.kind != .function }.map { (relation) throws(SQLTextError) in
            try qualified(relation.name)
        }
        plan.refuseEach(
            ObstacleQuery.droppedDependants.question(about: object, .texts(functions), .texts(relations)),
            { "the \($0) uses \(object.name), which has to be dropped and made anew" }, then: Self.afterDropping)
    }

    static let afterDropping = "then repeat the command, and make it again where it is still needed"

    /// - Parameter part: as the questions describe it: `constraint check_expiry of mcp.api_keys`.
    private func dropping(_ part: String) -> String? {
        guard
            let kind = ["policy ", "trigger ", "constraint ", "index ", "unique index "].first(where: part.hasPrefix),
            let table = part.ranges(of: " of \(schema).").last
        else { return nil }
        let name = part[part.index(part.startIndex, offsetBy: kind.count)..<table.lowerBound]
        return "--drop \("\(part[table.upperBound...]).\(name)".shellWord)"
    }
}
