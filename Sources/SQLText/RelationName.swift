/// A relation's schema and name as in the catalog: unquoted, with any characters.
package struct RelationName: Hashable, Comparable, Sendable {
    package let schema: String
    package let name: String

    package init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    package static func == (left: RelationName, right: RelationName) -> Bool {
        left.name.isSame(as: right.name) && left.schema.isSame(as: right.schema)
    }

    /// By schema, then by name, byte by byte: independent of the locale.
    package static func < (left: RelationName, right: RelationName) -> Bool {
        left.schema.isSame(as: right.schema)
            ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
            : left.schema.utf8.lexicographicallyPrecedes(right.schema.utf8)
    }
}

extension RelationName {
    /// Schema and name for SQL, each in double quotes.
    ///
    /// - Throws: if either is not valid as an identifier.
    package var quoted: String {
        get throws(SQLTextError) { try QualifiedName(schema: schema, name: name).quoted }
    }
}

extension RelationName: CustomStringConvertible {
    /// For messages: quoted only where SQL requires it. Use ``quoted`` in statements.
    package var description: String {
        "\(Self.quoted(schema)).\(Self.quoted(name))"
    }

    /// The name of a schema, a relation or a role for messages, quoted only where SQL requires it.
    package static func quoted(_ part: String) -> String {
        let plain = part.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "$"
        }
        if plain, let first = part.unicodeScalars.first, !("0"..."9").contains(first), first != "$" { return part }
        return SQLIdentifier.inQuotes(part)
    }
}
