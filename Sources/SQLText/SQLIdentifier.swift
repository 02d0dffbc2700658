/// The name of one object, quoted whenever it enters SQL text.
package struct SQLIdentifier: Sendable, Hashable, CustomStringConvertible {
    package let name: String

    /// The most bytes that PostgreSQL keeps of a name (`NAMEDATALEN - 1`).
    package static let maximumBytes = 63

    /// Refuses what no object can be called: an empty name, a NUL, more than 63 bytes. The server would cut a longer
    /// name and go on with another object than the one that was meant.
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

    /// In double quotes, always: that needs no list of keywords, and keeps upper case.
    package var quoted: String { Self.inQuotes(name) }

    /// The one place where a name is put in double quotes.
    static func inQuotes(_ name: String) -> String {
        "\"" + name.inserting("\"", before: "\"") + "\""
    }

    /// The bare name, for messages.
    package var description: String { name }
}
