/// The steps that bring a live schema to what it should be. What is shown is what is executed.
package struct SchemaPlan: Sendable {
    /// What somebody has to decide first. While there is any, no step is executed.
    package let refusals: [SchemaRefusal]
    package let steps: [SchemaStep]
    /// What somebody should know before the steps are executed.
    package let notes: [String]
    /// Columns that stay empty in some rows, with the reasons: nothing in the database says what they should be.
    package let unfilled: [String]

    package init(refusals: [SchemaRefusal], steps: [SchemaStep], notes: [String] = [], unfilled: [String] = []) {
        self.refusals = refusals
        self.steps = steps
        self.notes = notes
        self.unfilled = unfilled
    }
}

/// Something that only a person can decide.
package struct SchemaRefusal: Error, Hashable, Sendable {
    package let object: CatalogObject
    /// What was expected and what was found, with counts.
    package let reason: String
    package let cure: String
    /// Options of the command that do without the cure; nil where there are none.
    package let option: String?

    package init(object: CatalogObject, reason: String, cure: String, option: String? = nil) {
        self.object = object
        self.reason = reason
        self.cure = cure
        self.option = option
    }
}
