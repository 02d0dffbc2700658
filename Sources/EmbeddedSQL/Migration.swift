/// A numbered step of the schema. Once released its text never changes.
package struct Migration: Sendable, Equatable {
    /// From 1 on, without gaps.
    package let number: Int

    /// What it makes, such as `consolidated_schema`.
    package let name: String

    /// As it is called under `sql`, such as `m0001_consolidated_schema`: the letter says to which set it belongs.
    package let label: String

    /// The files that it consists of, in the order in which they are applied.
    package let parts: [Part]

    /// The statements that take it back; nil for a migration that only goes forward.
    package let down: Part?

    /// A file of `sql`.
    package struct Part: Sendable, Equatable {
        /// Such as `m0001_embeddings.sql`.
        package let fileName: String
        package let text: String

        package init(fileName: String, text: String) {
            self.fileName = fileName
            self.text = text
        }
    }

    package init(number: Int, name: String, label: String, parts: [Part], down: Part? = nil) {
        self.number = number
        self.name = name
        self.label = label
        self.parts = parts
        self.down = down
    }

    /// Statements for one transaction, run as the schema's owner or a superuser with `search_path` pinned to nothing.
    /// No `BEGIN`, no `COMMIT`, nothing of psql's. The simple query protocol takes the whole text at once.
    ///
    /// Its checksum is the server's: `encode(sha256(convert_to($1, 'UTF8')), 'hex')` over this text, byte for byte.
    package var text: String {
        parts.map(\.text).joined(separator: "\n")
    }

    /// The file and the line, from 1, of a place in ``text``.
    ///
    /// - Parameter position: in characters from 1, as the server counts.
    package func place(of position: Int) -> (fileName: String, line: Int) {
        var rest = max(1, position)
        for part in parts.dropLast() {
            let length = part.text.unicodeScalars.count
            if rest <= length { return (part.fileName, part.line(of: rest)) }
            // Behind each file stands the line break that parts it from the next.
            rest -= length + 1
        }
        return (parts.last?.fileName ?? label, parts.last?.line(of: rest) ?? 1)
    }
}

extension Migration.Part {
    /// - Parameter position: in characters from 1.
    fileprivate func line(of position: Int) -> Int {
        1 + text.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" }
    }
}
