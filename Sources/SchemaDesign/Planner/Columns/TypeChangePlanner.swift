import SQLText

/// Changes the type of a column in place, where every value is the same in both types: the originals of others would be
/// lost.
struct TypeChangePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// Refuses a column that only a person can bring to its type, and asks what decides between a change in place and a
    /// conversion.
    func askForChange(of column: CatalogObject) throws(SQLTextError) {
        guard let change = comparison.typeChange(of: column), comparison.enumLabels(change.wanted.name) == nil else {
            return
        }
        if comparison.isGenerated(column) { return try endGeneration(of: column, change) }
        if change.isWidening { return }
        let values = ColumnValues(comparison, column)
        let cast = try values.missingCast(change)
        plan.pose(cast)
        if comparison.isAnsweredByRows(cast) {
            if comparison.isMappedByName(column) { return }
            try askForMeaning(of: column, change)
            guard try comparison.mayChangeType(column) else {
                let dependants = DependantPlanner(self)
                try dependants.askForViews(on: column, isRenamed: false)
                try dependants.askForDependants(of: column, isRenamed: false)
                try dependants.askForReaders(of: column, change)
                return
            }
        }
        // Which values are altered is asked with the right cast, and once all values are known to fit the type.
        guard comparison.answers[cast] != nil, comparison.isQuicklyRewritten(column.relation) else { return }
        let unfit = try values.unfit(for: change.wanted)
        plan.pose(unfit)
        if comparison.answers[unfit]?.isEmpty ?? false { plan.pose(try values.altered(change)) }
    }

    /// Without its expression a column keeps the values that are stored, and then becomes one like any other.
    private func endGeneration(of column: CatalogObject, _ change: TypeChange) throws(SQLTextError) {
        let name = try SQLIdentifier(column.name).quoted
        let table = try qualified(column.relation)
        guard comparison.losesExpression(column) else {
            return plan.refuse(
                column, "expected \(change.wanted.name), found \(change.found.name), which is generated",
                cure: "ALTER TABLE \(table) DROP COLUMN \(name); then repeat the command, which brings it to its type")
        }
        guard change.isWidening else {
            return plan.refuse(
                column, "expected \(change.wanted.name), found \(change.found.name), which is generated",
                cure:
                    "ALTER TABLE \(table) ALTER COLUMN \(name) DROP EXPRESSION; then repeat the command, which brings it "
                    + "to its type")
        }
        let dependants = DependantPlanner(self)
        try dependants.askForViews(on: column, isRenamed: false)
        try dependants.askForDependants(of: column, isRenamed: false)
        try dependants.askForReaders(of: column, change)
        try planEndOfGeneration(of: column, "ALTER TABLE \(table) ALTER COLUMN \(name) TYPE \(change.wanted.name)")
    }

    func planEndOfGeneration(of column: CatalogObject, _ statements: String...) throws(SQLTextError) {
        let drop =
            "ALTER TABLE \(try qualified(column.relation)) ALTER COLUMN \(try SQLIdentifier(column.name).quoted) DROP EXPRESSION"
        plan.addBriefly(
            .columns, column.relation, .accessExclusive, "\(column.name) is generated", [drop] + statements)
        plan.note(
            "\(column.relation): \(column.name) keeps its values, and is generated no more "
                + "(\(live[column, .generated] ?? "")): programs give new rows theirs")
    }

    /// Refuses values that only a person can express in the other type.
    private func askForMeaning(of column: CatalogObject, _ change: TypeChange) throws(SQLTextError) {
        let name = try SQLIdentifier(column.name).quoted
        let drop = live[column, .default] == nil ? "" : "ALTER COLUMN \(name) DROP DEFAULT, "
        plan.refuseRows(
            column, answering: try ColumnValues(comparison, column).allOfThem().query,
            "\(column.name) is \(change.found.name), and nothing says what its values are as \(change.wanted.name)",
            cure: "say it in the place of the …: ALTER TABLE \(try qualified(column.relation)) \(drop)"
                + "ALTER COLUMN \(name) TYPE \(change.wanted.name) USING …; then repeat the command",
            option: "--map '\(column.relation).\(column.name):OLD=NEW' for each")
    }

    // MARK: - In place

    /// Where few rows or none have to be rewritten, and every value stays the same.
    func planChange(of column: CatalogObject) throws(SQLTextError) {
        guard let change = comparison.typeChange(of: column) else { return }
        let (found, wanted) = (change.found.name, change.wanted.name)
        let values = ColumnValues(comparison, column)
        if comparison.isInPartitionKey(column) { return refuseInKey(column, column, "partition key") }
        let table = try qualified(column.relation)
        let name = try SQLIdentifier(column.name).quoted
        let dependants = DependantPlanner(self)
        try dependants.askForViews(on: column, isRenamed: false)
        try dependants.askForDependants(of: column, isRenamed: false)
        try dependants.askForReaders(of: column, change)
        try TimeZonePlanner(self).askForZone(of: column)
        let isTooLong = change.wanted.length != nil
        let misfits = try values.unfit(for: change.wanted)
        plan.pose(misfits)
        plan.refuseRows(
            column, comparison.answers[misfits] ?? [],
            "\(column.name) has values that are \(isTooLong ? "too long for" : "no") \(wanted)",
            cure: "\(isTooLong ? "shorten them" : "give these rows other values"), then repeat the command",
            option: "--map '\(column.relation).\(column.name):OLD=NEW' for each")
        let zone = found.hasPrefix("timestamp") && wanted.hasPrefix("timestamp") ? ", taken as UTC" : ""
        let using = try values.isCastByText(change) ? " USING \(name)::text::\(wanted)" : ""
        // The default of an identity column cannot be dropped, and is no fact.
        var changes = live[column, .default] == nil ? [] : ["ALTER COLUMN \(name) DROP DEFAULT"]
        changes.append("ALTER COLUMN \(name) TYPE \(wanted)\(using)")
        if let value = expected[column, .default] { changes.append("ALTER COLUMN \(name) SET DEFAULT \(value)") }
        var statements = ["ALTER TABLE \(table) \(changes.joined(separator: ", "))"]
        if !change.isWidening {
            // Other values may have been written since they were counted.
            let trouble = "\(column.relation) has values of \(column.name) that \(wanted) would alter"
            let guarding = RowGuardPlanner(self)
            statements.insert(try guarding.statement(on: column.relation, try values.isLost(change), trouble), at: 0)
        }
        plan.addBriefly(
            .columns, column.relation, .accessExclusive, "\(column.name) is \(found)\(zone)", statements)
    }

    // MARK: - In a key

    /// Refuses values of a primary key that the type would alter: the old column cannot be kept beside the new one.
    ///
    /// - Returns: whether there are such values.
    func refuseAlteration(of source: CatalogObject, _ column: CatalogObject) throws(SQLTextError) -> Bool {
        let altered = comparison.alteredValues(of: column)
        guard source == column, let change = comparison.typeChange(of: column), !altered.isEmpty else { return false }
        let values = ColumnValues(comparison, column)
        let name = try SQLIdentifier(column.name).quoted
        plan.refuseRows(
            column, altered,
            "\(column.name) is \(change.found.name) in the primary key, and has values that \(change.wanted.name) would alter",
            cure: "give these rows values that it keeps: UPDATE \(try qualified(column.relation)) AS r SET \(name) = "
                + "\(try values.cast(change))::\(change.found.name) WHERE \(try values.isAltered(change)); "
                + "then repeat the command")
        return true
    }

    func refuseInKey(_ source: CatalogObject, _ column: CatalogObject, _ key: String) {
        plan.refuse(
            column,
            "expected \(expected[column, .type] ?? "?"), found \(live[source, .type] ?? "?") in the \(key)",
            cure: "copy the table into one of the expected type: a key cannot change while rows stand")
    }
}
