/// A text that cannot be inserted into SQL: it is not valid as an identifier, or as a value of type `text`.
package struct SQLTextError: Error, Hashable {
    /// What is wrong; quotes the text.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}
