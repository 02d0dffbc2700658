/// A numbered step of the schema. Once released its text never changes.
package struct Migration: Sendable, Hashable {
    /// From 1 on, without gaps.
    package let number: Int

    /// What it makes, such as `consolidated_schema`.
    package let name: String

    /// The files that it consists of, in the order in which they are applied.
    package let parts: [Part]

    /// The statements that take it back; nil for a migration that only goes forward.
    package let down: Part?

    /// A file of `sql`.
    package struct Part: Sendable, Hashable {
        /// Below `sql/`, such as `ledger/migrations/0003_run.sql`.
        package let path: String
        package let text: String

        package init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    package init(number: Int, name: String, parts: [Part], down: Part? = nil) {
        self.number = number
        self.name = name
        self.parts = parts
        self.down = down
    }

    /// Number and name, as its folder or its file is called: `0001_consolidated_schema`.
    package var label: String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_" + name
    }

    /// Statements for one transaction, run as the schema's owner or a superuser with `search_path` pinned to nothing.
    /// No `BEGIN`, no `COMMIT`, nothing of psql's. The simple query protocol takes the whole text at once.
    ///
    /// Its checksum is the server's: `encode(sha256(convert_to($1, 'UTF8')), 'hex')` over this text, byte for byte.
    package var text: String {
        parts.map(\.text).joined(separator: "\n")
    }

    /// The path of the file and the line, from 1, of a place in ``text``.
    ///
    /// - Parameter position: in characters from 1, as the server counts.
    package func place(of position: Int) -> (path: String, line: Int) {
        var rest = max(1, position)
        for part in parts.dropLast() {
            let length = part.text.unicodeScalars.count
            if rest <= length { return (part.path, part.line(of: rest)) }
            // Behind each file stands the line break that parts it from the next.
            rest -= length + 1
        }
        return (parts.last?.path ?? label, parts.last?.line(of: rest) ?? 1)
    }
}

extension Migration: CustomStringConvertible {
    /// The label: its text may be long.
    package var description: String { label }
}

extension Migration.Part {
    /// - Parameter position: in characters from 1.
    fileprivate func line(of position: Int) -> Int {
        1 + text.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" }
    }
}
