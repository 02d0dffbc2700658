import Testing

/// As much of a terminal as the progress line needs: carriage return, newline, erase line, colours.
struct Screen {
    private(set) var lines: [[Unicode.Scalar]] = [[]]
    private var column = 0
    private let width: Int

    /// What is to be seen, without the empty line that the cursor stands in.
    var text: [String] {
        lines.map { line in line.reduce(into: "") { $0.unicodeScalars.append($1) } }.filter { !$0.isEmpty }
    }

    /// The line of the cursor.
    var lastLine: String { lines.last.map { $0.reduce(into: "") { $0.unicodeScalars.append($1) } } ?? "" }

    init(width: Int) {
        self.width = width
    }

    mutating func show(_ output: String) throws {
        var rest = Array(output.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\n":
                lines.append([])
                column = 0
            case "\r": column = 0
            case "\u{1B}":
                let end = try #require(rest.firstIndex { $0.properties.isAlphabetic }, "an unfinished sequence")
                let sequence = rest[rest.startIndex...end].reduce(into: "") { $0.unicodeScalars.append($1) }
                rest = rest[(end + 1)...]
                switch sequence {
                case "[2K": lines[lines.count - 1] = []
                case "[0m", "[1;31m", "[1;33m": break
                default: Issue.record("no sequence of ours: \(sequence)")
                }
            default:
                var line = lines[lines.count - 1]
                while line.count <= column { line.append(" ") }
                line[column] = scalar
                lines[lines.count - 1] = line
                column += 1
            }
        }
    }
}
