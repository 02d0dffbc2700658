/// A live schema compared with what it should be.
package struct SchemaVerification: Sendable {
    let schema: String
    /// The major version of the server.
    package let major: Int
    package let expected: CatalogFacts
    package let live: CatalogFacts
    package let gap: SchemaGap
    package let advice: [SchemaAdvice]
    /// Whether `expected` was recorded on that major version.
    let isRecorded: Bool
    /// The migrations that the database has not had, by its record.
    package var pending: [String] = []

    /// Whether there is nothing to be done.
    package var isWhole: Bool { gap.isClosed && pending.isEmpty }

    /// - Parameters:
    ///   - schema: the name of both.
    ///   - isRecorded: whether `expected` was recorded on that major version.
    package init(schema: String, major: Int, expected: CatalogFacts, live: CatalogFacts, isRecorded: Bool) {
        self.schema = schema
        self.major = major
        self.expected = expected
        self.live = live
        self.isRecorded = isRecorded
        advice = SchemaAdvice.all(expected, live, schema: schema)
        gap = SchemaGap(expected: expected, live: live, isRecorded: isRecorded)
    }
}
