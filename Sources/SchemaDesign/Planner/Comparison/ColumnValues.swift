import SQLText

/// SQL for the values of a live column, over the row `r`, and for what becomes of them in another type.
struct ColumnValues {
    private let comparison: SchemaComparison
    private let column: CatalogObject

    init(_ comparison: SchemaComparison, _ column: CatalogObject) {
        self.comparison = comparison
        self.column = column
    }

    private func spelled() throws(SQLTextError) -> String { "r.\(try SQLIdentifier(column.name).quoted)" }
    private func table() throws(SQLTextError) -> String { try comparison.qualified(column.relation) }

    /// The value as a text that the other type can be read from. Trailing zeros are cut from a number that is to be an
    /// integer.
    func text(as wanted: ColumnType) throws(SQLTextError) -> String {
        let isScaled = ColumnType(comparison.live[column, .type] ?? "").base == "numeric" && wanted.isInteger
        return isScaled ? "trim_scale(\(try spelled()))::text" : "\(try spelled())::text"
    }

    /// The value in the new type.
    func cast(_ change: TypeChange) throws(SQLTextError) -> String {
        try isCastByText(change)
            ? "\(try spelled())::text::\(change.wanted.name)" : "\(try spelled())::\(change.wanted.name)"
    }

    /// Whether the cast goes by the value's text, since there is no implicit or assignment cast between the types.
    func isCastByText(_ change: TypeChange) throws(SQLTextError) -> Bool {
        if change.isReadAsText { return true }
        return comparison.isAnsweredByRows(try missingCast(change))
    }

    /// Whether ALTER ... TYPE would alter the value, or fail on it.
    func isLost(_ change: TypeChange) throws(SQLTextError) -> String {
        let value = try text(as: change.wanted)
        let isUntakable = "\(value) IS NOT NULL AND \(try comparison.isUnfit(value, for: change.wanted))"
        if comparison.isAnsweredByRows(try missingCast(change)) { return "\(value) IS NOT NULL" }
        return "CASE WHEN \(isUntakable) THEN true ELSE \(try isAltered(change)) END"
    }

    /// Whether the value differs after a cast to the other type and back. Numbers and instants are compared as such.
    /// Everything else is compared as text, which may tell equal values apart: when in doubt, the original is kept.
    func isAltered(_ change: TypeChange) throws(SQLTextError) -> String {
        let new = try cast(change)
        return change.isBetweenNumbers || change.isBetweenInstants
            ? "(\(new))::\(change.found.name) IS DISTINCT FROM \(try spelled())"
            : "(\(new))::text IS DISTINCT FROM \(try spelled())::text"
    }

    // MARK: - Questions

    /// Counts all values.
    func allOfThem() throws(SQLTextError) -> SchemaQuestion {
        let value = try spelled()
        return SchemaQuestion(
            object: column, reading: .rows,
            query: "SELECT \(Self.shown("\(value)::text")) AS value, count(*) AS count FROM "
                + "\(try table()) AS r WHERE \(value) IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1")
    }

    /// Counts the values that do not fit a type.
    func unfit(for wanted: ColumnType) throws(SQLTextError) -> SchemaQuestion {
        let value = try text(as: wanted)
        return SchemaQuestion(
            object: column, reading: .rows,
            query:
                "SELECT \(Self.shown(value)) AS value, count(*) AS count FROM \(try table()) AS r "
                + "WHERE \(value) IS NOT NULL AND \(try comparison.isUnfit(value, for: wanted)) "
                + "GROUP BY 1 ORDER BY 2 DESC", topic: .misfits)
    }

    /// Counts the values that the other type would alter.
    func altered(_ change: TypeChange) throws(SQLTextError) -> SchemaQuestion {
        let value = "\(try spelled())::text"
        return SchemaQuestion(
            object: column, reading: .rows,
            query:
                "SELECT \(Self.shown(value)) AS value, count(*) AS count FROM \(try table()) AS r "
                + "WHERE \(try isAltered(change)) GROUP BY 1 ORDER BY 2 DESC, 1", topic: .alterations)
    }

    /// Answered by a row if there is no implicit or assignment cast, so that only a person can say what a value means:
    /// `1` may be true, or an hour.
    func missingCast(_ change: TypeChange) throws(SQLTextError) -> SchemaQuestion {
        SchemaQuestion(
            object: column, reading: .catalogs,
            query: """
                SELECT NULL::text AS value, 1::bigint AS count
                FROM pg_type AS f
                JOIN pg_type AS w ON w.oid = \(try SQLLiteral(change.wanted.name).quoted)::regtype
                CROSS JOIN LATERAL (
                    SELECT f.typcategory = 'A' AND w.typcategory = 'A' AS is_array,
                        coalesce(nullif(f.typbasetype, 0), f.oid) AS base
                ) AS x
                JOIN pg_type AS s ON s.oid = CASE WHEN x.is_array THEN f.typelem ELSE x.base END
                JOIN pg_type AS t ON t.oid = CASE WHEN x.is_array THEN w.typelem ELSE w.oid END
                WHERE f.oid = \(try SQLLiteral(change.found.name).quoted)::regtype AND s.oid <> t.oid
                    AND t.typcategory <> 'S' AND NOT \(change.isReadAsText)
                    AND NOT EXISTS (
                        SELECT FROM pg_cast AS c
                        WHERE (c.castsource, c.casttarget) = (s.oid, t.oid) AND c.castcontext IN ('i', 'a'))
                """, topic: .missingCasts)
    }

    /// A value as a refusal shows it, cut after 200 characters.
    static func shown(_ text: String) -> String {
        "CASE WHEN length(\(text)) > 200 THEN left(\(text), 200) || '...' ELSE \(text) END"
    }
}

extension SchemaComparison {
    /// Whether a text does not fit a type. One that is too long does not fit, though the server could cut it.
    func isUnfit(_ text: String, for wanted: ColumnType) throws(SQLTextError) -> String {
        if let length = wanted.length { return "length(\(text)) > \(length)" }
        return wanted.isText ? "false" : try isNoValue(text, of: wanted)
    }

    /// Whether a text is no value of a type. Before PostgreSQL 16 only the cast itself tells: it fails on the first
    /// such text.
    private func isNoValue(_ text: String, of type: ColumnType) throws(SQLTextError) -> String {
        capabilities.has(.inputValidation)
            ? "NOT pg_input_is_valid(\(text), \(try SQLLiteral(type.name).quoted))" : "(\(text))::\(type.name) IS NULL"
    }
}
