import SQLText

/// What becomes of the values of a column that gets another type. In place only those change that are the same in both
/// types, for nothing would tell what the others were.
extension SchemaPlanner {
    typealias TypeChange = (found: String, wanted: String)

    func typeChange(of column: CatalogObject) -> TypeChange? {
        guard let type = difference(column, .type), let found = type.found, let wanted = type.expected else {
            return nil
        }
        return (found, wanted)
    }

    /// False for a column that only a person can bring to its type, and is refused. Asks for what the choice between a
    /// change in place and a conversion goes by.
    mutating func mayChangeType(_ column: CatalogObject) throws(SQLTextError) -> Bool {
        guard let change = typeChange(of: column), enumLabels(change.wanted) == nil else { return true }
        let name = try SQLIdentifier(column.name).quoted
        let table = try qualified(column.relation)
        if let expression = live[column, .generated], expression.hasPrefix("ALWAYS AS (") {
            // As a column of its own it keeps its values, where they are stored.
            let isKept = expected[column, .generated] == nil && expression.hasSuffix(" STORED")
            refuse(
                column, "expected \(change.wanted), found \(change.found), which is generated",
                cure: "ALTER TABLE \(table) "
                    + (isKept ? "ALTER COLUMN \(name) DROP EXPRESSION" : "DROP COLUMN \(name)")
                    + "; then repeat the command, which brings it to its type")
            return false
        }
        if Self.isWider(change.wanted, than: change.found) { return true }
        let cast = try missingCast(column, change)
        count(cast)
        if isAnsweredByRows(cast) {
            let values = try askForMeaning(of: column, change)
            if isAnsweredByRows(values) {
                try askForViews(on: column)
                try askForDependants(of: column, isRenamed: false)
                try askForReaders(of: column, from: change.found, to: change.wanted)
                return false
            }
        }
        // It is asked by the cast that there is, and of values that the type takes.
        if answers[cast] != nil, isQuicklyRewritten(column.relation) {
            let unfit = try unfitValues(of: column, for: change.wanted)
            count(unfit)
            if answers[unfit]?.isEmpty ?? false { count(try alteration(of: column, change)) }
        }
        return true
    }

    // MARK: - Casts

    /// Whether the value is cast by its text: nobody makes the cast without being told to.
    func isCastByText(_ column: CatalogObject, _ change: TypeChange) throws(SQLTextError) -> Bool {
        if Self.isReadAsText(change) { return true }
        return isAnsweredByRows(try missingCast(column, change))
    }

    /// A text says what it means, and so do the elements of an array of texts in another array.
    private static func isReadAsText(_ change: TypeChange) -> Bool {
        let (found, wanted) = change
        if found.hasSuffix("[]") != wanted.hasSuffix("[]") { return isText(found) && !isText(wanted) }
        return isText(element(found)) && !isText(element(wanted))
    }

    private static func element(_ type: String) -> String { type.hasSuffix("[]") ? String(type.dropLast(2)) : type }

    /// Answered by a row where no column takes such a value as it is: `1` may be true, or an hour.
    private func missingCast(_ column: CatalogObject, _ change: TypeChange) throws(SQLTextError) -> SchemaQuestion {
        SchemaQuestion(
            object: column,
            query: """
                SELECT NULL::text AS value, 1::bigint AS count
                FROM pg_type AS f
                JOIN pg_type AS w ON w.oid = \(try SQLLiteral(change.wanted).quoted)::regtype
                CROSS JOIN LATERAL (
                    SELECT f.typcategory = 'A' AND w.typcategory = 'A' AS is_array,
                        coalesce(nullif(f.typbasetype, 0), f.oid) AS base
                ) AS x
                JOIN pg_type AS s ON s.oid = CASE WHEN x.is_array THEN f.typelem ELSE x.base END
                JOIN pg_type AS t ON t.oid = CASE WHEN x.is_array THEN w.typelem ELSE w.oid END
                WHERE f.oid = \(try SQLLiteral(change.found).quoted)::regtype AND s.oid <> t.oid
                    AND t.typcategory <> 'S' AND NOT \(Self.isReadAsText(change))
                    AND NOT EXISTS (
                        SELECT FROM pg_cast AS c
                        WHERE (c.castsource, c.casttarget) = (s.oid, t.oid) AND c.castcontext IN ('i', 'a'))
                """)
    }

    /// Refuses the values that nobody but a person can tell in the other type.
    private mutating func askForMeaning(
        of column: CatalogObject, _ change: TypeChange
    ) throws(SQLTextError) -> SchemaQuestion {
        let name = try SQLIdentifier(column.name).quoted
        let drop = live[column, .default] == nil ? "" : "ALTER COLUMN \(name) DROP DEFAULT, "
        let question = SchemaQuestion(
            object: column,
            query: "SELECT \(Self.shown("r.\(name)::text")) AS value, count(*) AS count FROM "
                + "\(try qualified(column.relation)) AS r WHERE r.\(name) IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1")
        ask(
            column, question.query,
            "\(column.name) is \(change.found), and nothing says what its values are as \(change.wanted)",
            cure: "say it in the place of the …: ALTER TABLE \(try qualified(column.relation)) \(drop)"
                + "ALTER COLUMN \(name) TYPE \(change.wanted) USING …; then repeat the command")
        return question
    }

    // MARK: - Values that would be others

    /// Those of a table that is small enough for a change in place, with their counts.
    func alteredValues(of column: CatalogObject) -> [SchemaQuestion.Obstacle] {
        alterations[column] ?? []
    }

    private func alteration(of column: CatalogObject, _ change: TypeChange) throws(SQLTextError) -> SchemaQuestion {
        let value = "r.\(try SQLIdentifier(column.name).quoted)::text"
        return SchemaQuestion(
            object: column,
            query:
                "SELECT \(Self.shown(value)) AS value, count(*) AS count FROM \(try qualified(column.relation)) AS r "
                + "WHERE \(try isAltered(column, change)) GROUP BY 1 ORDER BY 2 DESC, 1", topic: .alterations)
    }

    /// Where the original cannot be kept beside the new value.
    ///
    /// - Returns: whether there are such values.
    mutating func refuseAlteration(of source: CatalogObject, _ column: CatalogObject) throws(SQLTextError) -> Bool {
        let values = alteredValues(of: column)
        guard source == column, let change = typeChange(of: column), !values.isEmpty else { return false }
        let name = try SQLIdentifier(column.name).quoted
        refuseRows(
            column, values,
            "\(column.name) is \(change.found) in the primary key, and has values that \(change.wanted) would alter",
            cure: "give these rows values that it keeps: UPDATE \(try qualified(column.relation)) AS r SET \(name) = "
                + "\(try cast(column, change))::\(change.found) WHERE \(try isAltered(column, change)); then repeat the "
                + "command")
        return true
    }

    /// The value of the row `r` in the new type.
    private func cast(_ column: CatalogObject, _ change: TypeChange) throws(SQLTextError) -> String {
        let value = "r.\(try SQLIdentifier(column.name).quoted)"
        return try isCastByText(column, change) ? "\(value)::text::\(change.wanted)" : "\(value)::\(change.wanted)"
    }

    /// Whether ALTER ... TYPE would alter the value of the row `r`, or fail with it.
    func isLost(_ column: CatalogObject, _ change: TypeChange) throws(SQLTextError) -> String {
        let value = try text(of: column, as: change.wanted)
        let isUntakable = "\(value) IS NOT NULL AND \(try isUnfit(value, for: change.wanted))"
        if isAnsweredByRows(try missingCast(column, change)) { return "\(value) IS NOT NULL" }
        return "CASE WHEN \(isUntakable) THEN true ELSE \(try isAltered(column, change)) END"
    }

    /// Whether the value of the row `r` does not come back from the other type as it was. Numbers and instants are
    /// compared as such; anything else as text, by which many a value differs that means the same: when in doubt the
    /// original stays.
    private func isAltered(_ column: CatalogObject, _ change: TypeChange) throws(SQLTextError) -> String {
        let value = "r.\(try SQLIdentifier(column.name).quoted)"
        let new = try cast(column, change)
        let areComparable =
            Self.isNumber(change.found) && Self.isNumber(change.wanted)
            || Self.isInstant(change.found) && Self.isInstant(change.wanted)
        return areComparable
            ? "(\(new))::\(change.found) IS DISTINCT FROM \(value)"
            : "(\(new))::text IS DISTINCT FROM \(value)::text"
    }

    /// A value as text from which it can be read in another type: a number without decimals is an integer.
    func text(of column: CatalogObject, as wanted: String) throws(SQLTextError) -> String {
        let value = "r.\(try SQLIdentifier(column.name).quoted)"
        let isScaled = Self.base(live[column, .type] ?? "") == "numeric" && Self.integers.contains(wanted)
        return isScaled ? "trim_scale(\(value))::text" : "\(value)::text"
    }

    // MARK: - Types

    /// Without its length or precision.
    static func base(_ type: String) -> String {
        guard let open = type.firstIndex(of: "("), let close = type[open...].firstIndex(of: ")") else { return type }
        return String(type[..<open] + type[type.index(after: close)...])
    }

    private static let integers: Set = ["smallint", "integer", "bigint"]

    static func isNumber(_ type: String) -> Bool {
        integers.contains(type) || ["numeric", "real", "double precision"].contains(base(type))
    }

    private static func isInstant(_ type: String) -> Bool { type == "date" || type.hasPrefix("timestamp") }
}
