/// The name of one object, which is always quoted when it is inserted into SQL text.
package struct SQLIdentifier: Sendable, Hashable, CustomStringConvertible {
    package let name: String

    /// The maximum length of a name in bytes (`NAMEDATALEN - 1`).
    package static let maximumBytes = 63

    /// - Throws: if no object can have the name: it is empty, contains a NUL, or is longer than 63 bytes. The server
    ///   would truncate a longer name, and the statement would affect another object than the one that was meant.
    package init(_ name: String) throws(SQLTextError) {
        if name.isEmpty {
            throw SQLTextError("an SQL identifier is empty")
        }
        if name.utf8.contains(0) {
            throw SQLTextError("the SQL identifier \(name.debugDescription) contains a NUL character")
        }
        if name.utf8.count > Self.maximumBytes {
            throw SQLTextError(
                "the SQL identifier \"\(name)\" is \(name.utf8.count) bytes long; "
                    + "PostgreSQL keeps only the first \(Self.maximumBytes)")
        }
        self.name = name
    }

    /// Always in double quotes, which needs no list of keywords and preserves case.
    package var quoted: String { Self.inQuotes(name) }

    /// The only place where a name is put in double quotes.
    static func inQuotes(_ name: String) -> String {
        "\"" + name.inserting("\"", before: "\"") + "\""
    }

    /// The bare name, for messages.
    package var description: String { name }
}
