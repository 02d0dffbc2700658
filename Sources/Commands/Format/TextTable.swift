/// Columns for people, two spaces apart. The texts are safe for a terminal before they get here.
struct TextTable {
    private let head: [String]
    private var rows: [[String]] = []

    init(_ head: String...) {
        self.head = head
    }

    mutating func add(_ row: String...) {
        rows.append(row)
    }

    var isEmpty: Bool { rows.isEmpty }

    /// The head and the rows. A column is as wide as its widest text, 44 characters at most: a few very long names do
    /// not push the rest away.
    func lines(indent: String = "") -> [String] {
        let all = [head] + rows
        let widths = head.indices.map { column in min(all.map { $0[column].count }.max() ?? 0, 44) }
        return all.map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: max(0, width - text.count))
            }
            return indent + String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }

    /// The same with the first `limit` rows, and how many there are besides.
    func lines(indent: String = "", first limit: Int) -> [String] {
        guard rows.count > limit else { return lines(indent: indent) }
        var shown = self
        shown.rows = Array(rows.prefix(limit))
        return shown.lines(indent: indent) + ["\(indent)and \(rows.count - limit) more"]
    }
}
