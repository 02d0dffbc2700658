import SQLText

/// The values of a live column, spelled over the row `r`, and what becomes of them in another type.
struct ColumnValues {
    private let comparison: SchemaComparison
    private let column: CatalogObject

    init(_ comparison: SchemaComparison, _ column: CatalogObject) {
        self.comparison = comparison
        self.column = column
    }

    private func spelled() throws(SQLTextError) -> String { "r.\(try SQLIdentifier(column.name).quoted)" }
    private func table() throws(SQLTextError) -> String { try comparison.qualified(column.relation) }

    /// A value as text from which it can be read in another type: a number without decimals is an integer.
    func text(as wanted: ColumnType) throws(SQLTextError) -> String {
        let isScaled = ColumnType(comparison.live[column, .type] ?? "").base == "numeric" && wanted.isInteger
        return isScaled ? "trim_scale(\(try spelled()))::text" : "\(try spelled())::text"
    }

    /// The value in the new type.
    func cast(_ change: TypeChange) throws(SQLTextError) -> String {
        try isCastByText(change)
            ? "\(try spelled())::text::\(change.wanted.name)" : "\(try spelled())::\(change.wanted.name)"
    }

    /// Whether the value is cast by its text: nobody makes the cast without being told to.
    func isCastByText(_ change: TypeChange) throws(SQLTextError) -> Bool {
        if change.isReadAsText { return true }
        return comparison.isAnsweredByRows(try missingCast(change))
    }

    /// Whether ALTER ... TYPE would alter the value, or fail with it.
    func isLost(_ change: TypeChange) throws(SQLTextError) -> String {
        let value = try text(as: change.wanted)
        let isUntakable = "\(value) IS NOT NULL AND \(try comparison.isUnfit(value, for: change.wanted))"
        if comparison.isAnsweredByRows(try missingCast(change)) { return "\(value) IS NOT NULL" }
        return "CASE WHEN \(isUntakable) THEN true ELSE \(try isAltered(change)) END"
    }

    /// Whether the value does not come back from the other type as it was. Numbers and instants are compared as such;
    /// anything else as text, by which many a value differs that means the same: when in doubt the original stays.
    func isAltered(_ change: TypeChange) throws(SQLTextError) -> String {
        let new = try cast(change)
        return change.isBetweenNumbers || change.isBetweenInstants
            ? "(\(new))::\(change.found.name) IS DISTINCT FROM \(try spelled())"
            : "(\(new))::text IS DISTINCT FROM \(try spelled())::text"
    }

    // MARK: - Questions

    /// Counts all that there are.
    func allOfThem() throws(SQLTextError) -> SchemaQuestion {
        let value = try spelled()
        return SchemaQuestion(
            object: column,
            query: "SELECT \(Self.shown("\(value)::text")) AS value, count(*) AS count FROM "
                + "\(try table()) AS r WHERE \(value) IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1")
    }

    /// Counts those that a type cannot take.
    func unfit(for wanted: ColumnType) throws(SQLTextError) -> SchemaQuestion {
        let value = try text(as: wanted)
        return SchemaQuestion(
            object: column,
            query:
                "SELECT \(Self.shown(value)) AS value, count(*) AS count FROM \(try table()) AS r "
                + "WHERE \(value) IS NOT NULL AND \(try comparison.isUnfit(value, for: wanted)) "
                + "GROUP BY 1 ORDER BY 2 DESC")
    }

    /// Counts those that the other type would alter.
    func altered(_ change: TypeChange) throws(SQLTextError) -> SchemaQuestion {
        let value = "\(try spelled())::text"
        return SchemaQuestion(
            object: column,
            query:
                "SELECT \(Self.shown(value)) AS value, count(*) AS count FROM \(try table()) AS r "
                + "WHERE \(try isAltered(change)) GROUP BY 1 ORDER BY 2 DESC, 1", topic: .alterations)
    }

    /// Answered by a row where no column takes such a value as it is: `1` may be true, or an hour.
    func missingCast(_ change: TypeChange) throws(SQLTextError) -> SchemaQuestion {
        SchemaQuestion(
            object: column,
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
                """)
    }

    /// A value in a refusal; one that is longer ends in an ellipsis.
    static func shown(_ text: String) -> String {
        "CASE WHEN length(\(text)) > 200 THEN left(\(text), 200) || '…' ELSE \(text) END"
    }
}

extension SchemaComparison {
    /// Whether a type cannot take a text: cutting it to a length is no cast that anybody asks for.
    func isUnfit(_ text: String, for wanted: ColumnType) throws(SQLTextError) -> String {
        if let length = wanted.length { return "length(\(text)) > \(length)" }
        return wanted.isText ? "false" : try isNoValue(text, of: wanted)
    }

    /// Whether a text is none of a type's values. Before PostgreSQL 16 nothing but the cast itself tells, and the server
    /// names the first that it cannot make.
    private func isNoValue(_ text: String, of type: ColumnType) throws(SQLTextError) -> String {
        ServerCapabilities(major: major).has(.inputValidation)
            ? "NOT pg_input_is_valid(\(text), \(try SQLLiteral(type.name).quoted))" : "(\(text))::\(type.name) IS NULL"
    }
}
