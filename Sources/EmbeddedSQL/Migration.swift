/// A numbered step of the schema. Once released its text never changes.
package struct Migration: Sendable, Equatable {
    /// From 1 on, without gaps.
    package let number: Int

    /// What it makes, such as `embedding_models`.
    package let name: String

    /// As the file is called, such as `m0007_embedding_models.sql`: the letter says to which set it belongs.
    package let fileName: String

    /// Statements for one transaction, run as the schema's owner or a superuser with `search_path` pinned to nothing.
    /// No `BEGIN`, no `COMMIT`, nothing of psql's. The simple query protocol takes the whole text at once.
    ///
    /// Its checksum is the server's: `encode(sha256(convert_to($1, 'UTF8')), 'hex')` over this text, byte for byte.
    package let text: String

    /// The migration in a file named `m0001_requirements.sql`; nil when the name does not have that form, or begins
    /// with another letter.
    init?(letter: Character = "m", fileName: String, text: String) {
        guard fileName.first == letter, fileName.hasSuffix(".sql") else { return nil }
        let parts = fileName.dropFirst().dropLast(".sql".count).split(separator: "_", maxSplits: 1)
        guard parts.count == 2, parts[0].count == 4, let number = Int(parts[0]) else { return nil }
        self.number = number
        self.name = String(parts[1])
        self.fileName = fileName
        self.text = text
    }
}
