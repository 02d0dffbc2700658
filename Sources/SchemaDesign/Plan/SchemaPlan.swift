/// What brings a live schema to what it should be: the very steps that are executed.
package struct SchemaPlan: Sendable {
    /// Why nothing can be done yet. Where there is one, no step is executed.
    package let refusals: [SchemaRefusal]
    package let steps: [SchemaStep]
    /// What somebody should know beforehand.
    package let notes: [String]
    /// What rows stay without, since nothing in the database says what it should be.
    package let unfilled: [String]

    package init(refusals: [SchemaRefusal], steps: [SchemaStep], notes: [String] = [], unfilled: [String] = []) {
        self.refusals = refusals
        self.steps = steps
        self.notes = notes
        self.unfilled = unfilled
    }
}

/// What only a person can decide.
package struct SchemaRefusal: Hashable, Sendable {
    package let object: CatalogObject
    /// What was expected and what was found, with counts.
    package let reason: String
    package let cure: String

    package init(object: CatalogObject, reason: String, cure: String) {
        self.object = object
        self.reason = reason
        self.cure = cure
    }
}
