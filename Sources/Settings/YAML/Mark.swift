/// A position in a text, called a mark in libyaml: line and column from 1, the column in Unicode scalars.
package struct Mark: Hashable, Comparable, Sendable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The position after `scalars`.
    init(after scalars: some Sequence<Unicode.Scalar>) {
        var (line, column) = (1, 1)
        for scalar in scalars {
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        self.init(line: line, column: column)
    }

    package static func < (left: Mark, right: Mark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
