/// A table as text, with columns two spaces apart. The cells have to be escaped for the terminal already.
struct TextTable {
    private let header: [String]
    private var rows: [[String]] = []

    init(_ header: String...) {
        self.header = header
    }

    mutating func add(_ row: String...) {
        rows.append(row)
    }

    var isEmpty: Bool { rows.isEmpty }

    /// The header and the rows. A column is as wide as its widest cell, but at most 44 characters, so that a few very
    /// long names do not push the other columns away.
    func lines(indent: String = "") -> [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in min(all.map { $0[column].count }.max() ?? 0, 44) }
        return all.map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: max(0, width - text.count))
            }
            return indent + String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }

    /// The header and the first `limit` rows, and how many more there are.
    func lines(indent: String = "", first limit: Int) -> [String] {
        guard rows.count > limit else { return lines(indent: indent) }
        var shown = self
        shown.rows = Array(rows.prefix(limit))
        return shown.lines(indent: indent) + ["\(indent)and \(rows.count - limit) more"]
    }
}
