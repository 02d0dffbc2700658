/// A schema-qualified name, valid as two SQL identifiers. With an empty `search_path` every name has to be qualified.
package struct QualifiedName: Sendable, Hashable, CustomStringConvertible {
    package let schema: SQLIdentifier
    package let name: SQLIdentifier

    package init(schema: SQLIdentifier, name: SQLIdentifier) {
        self.schema = schema
        self.name = name
    }

    package init(schema: String, name: String) throws(SQLTextError) {
        self.init(schema: try SQLIdentifier(schema), name: try SQLIdentifier(name))
    }

    package var quoted: String { "\(schema.quoted).\(name.quoted)" }

    /// Unquoted, for messages.
    package var description: String { "\(schema.name).\(name.name)" }
}
