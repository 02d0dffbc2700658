/// A string constant for statements that take no parameters, such as partition bounds, COMMENT and SET.
package struct SQLLiteral: Sendable, Hashable {
    package let value: String

    /// - Throws: if the value contains a NUL, which PostgreSQL's type `text` cannot hold.
    package init(_ value: String) throws(SQLTextError) {
        if value.utf8.contains(0) {
            throw SQLTextError("the SQL literal \(value.debugDescription) contains a NUL character")
        }
        self.value = value
    }

    /// Independent of `standard_conforming_strings`: a value with a backslash is written as `E'…'`.
    package var quoted: String {
        let body = value.inserting("'", before: "'")
        return value.utf8.contains(UInt8(ascii: "\\"))
            ? "E'" + body.inserting("\\", before: "\\") + "'" : "'" + body + "'"
    }
}
