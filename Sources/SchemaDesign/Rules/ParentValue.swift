/// A value that a row takes over from the row that it is a part of, as a line of `sql/mcp/rules/parents.sql` says:
/// `-- parent: TABLE.COLUMN = PARENT.COLUMN by REFERENCE`.
///
/// In its SQL the parent's column stands without a qualifier, beside a row in which it is NULL: where the parent does not
/// have the column, the name means that one. So it can be asked before any column has been added.
struct ParentValue {
    let column: CatalogObject
    /// The column of the parent.
    let source: CatalogObject
    /// The column that has the parent's id.
    let reference: String
    private let type: String
    private let schema = RecordedFacts.platform.schema
    /// Whether the parent's id and the reference to it are of different types.
    private let isReadAsText: Bool
    /// Whether the schema wants a value in every row.
    let isMandatory: Bool

    /// The lines of a file; none in a file of another kind.
    static func all(in text: String) -> [ParentValue] {
        let facts = RecordedFacts.platform.facts(major: RecordedFacts.platform.majors[0], extensionSchemas: [:])
        return text.split(separator: "\n").compactMap { line in
            String(line).withoutPrefix("-- parent: ").map { ParentValue(line: $0, facts) }
        }
    }

    private init(line: String, _ facts: CatalogFacts) {
        guard let parts = line.wholeMatch(of: #/(\w+)\.(\w+) = (\w+)\.(\w+) by (\w+)/#)?.output else {
            preconditionFailure("no parent of a row: \(line)")
        }
        column = CatalogObject(.column, String(parts.2), of: String(parts.1))
        source = CatalogObject(.column, String(parts.4), of: String(parts.3))
        reference = String(parts.5)
        type = facts[column, .type] ?? ""
        isMandatory = facts[column, .null] != nil
        let types = (
            CatalogObject(.column, "id", of: source.relation), CatalogObject(.column, reference, of: column.relation)
        )
        isReadAsText = !facts[types.0, .type].isSame(as: facts[types.1, .type])
    }

    /// The tables that the value is read from, the parent first.
    func ancestors(among values: [ParentValue]) -> [String] {
        [source.relation] + (next(among: values)?.ancestors(among: values) ?? [])
    }

    /// The value of `row`; NULL where there is no parent, and where several have the id and differ.
    func sql(of row: String, among values: [ParentValue]) -> String {
        let parent = "\(row)p"
        let ancestor = next(among: values)?.sql(of: parent, among: values)
        let cast = isReadAsText ? "::text" : ""
        let value = ancestor.map { "coalesce(\(source.name), \($0))" } ?? source.name
        return """
            (SELECT (array_agg(DISTINCT x.value))[1] FROM \(absent(source.name)) CROSS JOIN LATERAL (\
            SELECT \(value) AS value FROM \(schema).\(source.relation) AS \(parent) WHERE \(parent).id\(cast) = \(row).\(reference)\(cast)\
            ) AS x HAVING count(DISTINCT x.value) = 1)
            """
    }

    /// Counts the rows of which it cannot be told, by their references.
    func lacking(among values: [ParentValue]) -> String {
        """
        SELECT o.value, o.count
        FROM \(absent(column.name))
        CROSS JOIN LATERAL (
            SELECT '\(reference) ' || coalesce(r.\(reference)::text, 'NULL') AS value, count(*) AS count
            FROM \(schema).\(column.relation) AS r
            WHERE \(column.name) IS NULL AND \(sql(of: "r", among: values)) IS NULL
            GROUP BY r.\(reference)
        ) AS o
        ORDER BY o.count DESC, o.value
        """
    }

    private func absent(_ name: String) -> String { "(SELECT NULL::\(type) AS \(name)) AS absent" }

    /// How the parent's own value is told where that is missing, too.
    private func next(among values: [ParentValue]) -> ParentValue? { values.first { $0.column == source } }
}
