/// A live schema compared with what it should be.
package struct SchemaVerification: Sendable {
    /// The major version of the server.
    package let major: Int
    package let expected: CatalogFacts
    package let live: CatalogFacts
    package let gap: SchemaGap
    package let advice: [SchemaAdvice]
    /// The migrations that the database has not had, by its record.
    package var pending: [String] = []

    /// Whether there is nothing to be done.
    package var isWhole: Bool { gap.isClosed && pending.isEmpty }

    /// - Parameters:
    ///   - schema: the name of both.
    ///   - isRecorded: whether `expected` was recorded on that major version.
    package init(schema: String, major: Int, expected: CatalogFacts, live: CatalogFacts, isRecorded: Bool) {
        self.major = major
        self.expected = expected
        self.live = live
        advice = SchemaAdvice.all(live, schema: schema)
        gap = SchemaGap(expected: expected, live: live, isRecorded: isRecorded)
    }
}
