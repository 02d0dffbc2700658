/// A place in the source, for the journal's `CODE_FILE`, `CODE_LINE` and `CODE_FUNC`.
package struct CodeLocation: Hashable, Sendable {
    /// Module and file name (`#fileID`), never a path on the machine that built the program.
    package let file: String
    /// Counted from 1.
    package let line: Int
    package let function: String

    package init(file: String, line: Int, function: String) {
        self.file = file
        self.line = line
        self.function = function
    }

    /// The place of the call.
    package static func here(
        file: String = #fileID, line: Int = #line, function: String = #function
    ) -> CodeLocation {
        CodeLocation(file: file, line: line, function: function)
    }
}
