/// A relation's schema and name, as the catalog has them: unquoted, any character.
package struct RelationName: Hashable, Comparable, Sendable {
    package let schema: String
    package let name: String

    package init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    /// By bytes, as the server compares names: Swift's `==` takes a composed and a decomposed "é" for one.
    package static func == (left: RelationName, right: RelationName) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8) && left.schema.utf8.elementsEqual(right.schema.utf8)
    }

    /// By bytes, schema first: an order that no locale changes.
    package static func < (left: RelationName, right: RelationName) -> Bool {
        left.schema.utf8.elementsEqual(right.schema.utf8)
            ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
            : left.schema.utf8.lexicographicallyPrecedes(right.schema.utf8)
    }
}

extension RelationName {
    /// Schema and name for SQL, each in double quotes: with an empty `search_path` the only way to name a relation.
    package var quoted: String {
        get throws(SQLTextError) { try QualifiedName(schema: schema, name: name).quoted }
    }
}

extension RelationName: CustomStringConvertible {
    /// For people: quoted as SQL quotes it where it has to be. DDL is not made of this.
    package var description: String {
        "\(Self.quoted(schema)).\(Self.quoted(name))"
    }

    /// A schema, a relation or a role for people, quoted where SQL quotes it.
    package static func quoted(_ part: String) -> String {
        let plain = part.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "$"
        }
        if plain, let first = part.unicodeScalars.first, !("0"..."9").contains(first), first != "$" { return part }
        return SQLIdentifier.inQuotes(part)
    }
}
