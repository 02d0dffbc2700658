/// A relation's schema and name, as the catalog has them: unquoted, any character.
package struct RelationName: Hashable, Comparable, Sendable {
    package let schema: String
    package let name: String

    package init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    package static func < (left: RelationName, right: RelationName) -> Bool {
        (left.schema, left.name) < (right.schema, right.name)
    }
}

extension RelationName: CustomStringConvertible {
    /// For people: quoted as SQL quotes it where it has to be. DDL is not made of this.
    package var description: String {
        "\(Self.quotedForPeople(schema)).\(Self.quotedForPeople(name))"
    }

    private static func quotedForPeople(_ part: String) -> String {
        let plain = part.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "$"
        }
        if plain, let first = part.unicodeScalars.first, !("0"..."9").contains(first), first != "$" { return part }
        return "\"" + part.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
