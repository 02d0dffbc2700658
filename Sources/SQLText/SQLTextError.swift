/// A text that cannot be written in SQL: what no object can be called, or no value of type `text` can hold.
package struct SQLTextError: Error, Hashable {
    /// What is wrong with it, with the text itself.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}
