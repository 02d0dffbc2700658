/// One row of a result; columns are found by name.
package struct Row: Sendable {
    let table: ResultTable
    let index: Int32

    package var columnNames: [String] { table.columnNames }

    /// The value of `column`, decoded as `type`. For an optional type, NULL is nil; for any other it is an error.
    ///
    /// - Throws: `.shape` if the result has no such column, or several; `.decoding` if the value is NULL or of another
    ///   type. The error names the column, what was expected and what was found, with up to 60 characters of the value.
    package func decode<Value: ColumnDecodable>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let position = table.index(ofColumn: column) else {
            let found = table.columnNames.map { "\"\($0)\"" }.joined(separator: ", ")
            throw PostgresError(
                .shape, "the result has no column \"\(column)\"; it has \(found.isEmpty ? "no columns" : found)")
        }
        if position == ResultTable.ambiguous {
            throw PostgresError(.shape, "the result has more than one column \"\(column)\"")
        }
        let text = table.text(row: index, column: position)
        let oid = table.type(ofColumn: position)
        if let value = Value(column: text, type: oid) { return value }
        let value = text.map { "value \($0.prefix(60).debugDescription)" } ?? "NULL"
        throw PostgresError(
            .decoding,
            "column \"\(column)\": expected \(Value.expectation), found \(TypeOID.describe(oid)) \(value)")
    }

    /// The first column whose text is no UTF-8, with a `\xNN` for each byte beyond ASCII. `decode` puts replacement characters
    /// in their place: such a name is not the object's, and no statement may be made of it.
    package var undecodable: (column: String, text: String)? {
        guard !table.isAllUTF8 else { return nil }
        for (place, name) in columnNames.enumerated() where !table.isUTF8(row: index, column: Int32(place)) {
            return (name, table.escapedText(row: index, column: Int32(place)))
        }
        return nil
    }

    /// - Throws: `.shape` where there is such a column.
    package func requireUTF8() throws(PostgresError) {
        guard let (column, text) = undecodable else { return }
        throw PostgresError(
            .shape, "column \"\(column)\": \(text.prefix(60)) is not UTF-8", sqlState: .characterNotInRepertoire,
            hint: "rename what has that in its name or its definition, in a session with client_encoding = SQL_ASCII")
    }

    /// The value of `column`, or nil for NULL. Throws as `decode` does.
    package func decodeIfPresent<Value: ColumnDecodable>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value? {
        try decode(column, as: Value?.self)
    }
}
