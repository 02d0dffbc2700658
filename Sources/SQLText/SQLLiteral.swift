/// A string constant for statements that take no parameters: bounds of a partition, comments, SET.
package struct SQLLiteral: Sendable, Hashable {
    package let value: String

    /// Refuses a NUL, which no PostgreSQL text can hold.
    package init(_ value: String) throws(SQLTextError) {
        if value.utf8.contains(0) {
            throw SQLTextError("the SQL literal \(value.debugDescription) contains a NUL character")
        }
        self.value = value
    }

    /// Means the same whatever `standard_conforming_strings` is: with a backslash in it, the literal says `E'…'`.
    package var quoted: String {
        let body = value.inserting("'", before: "'")
        return value.utf8.contains(UInt8(ascii: "\\"))
            ? "E'" + body.inserting("\\", before: "\\") + "'" : "'" + body + "'"
    }
}
