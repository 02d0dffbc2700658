/// What a plan has to know of the rows before anything is changed: a query that only reads.
package struct SchemaQuestion: Hashable, Sendable {
    package let object: CatalogObject
    /// Lists what stands in the way: the columns `value` (text, may be NULL) and `count`. No row: nothing does.
    package let query: String
    /// What the listed values mean, for the sentence of the refusal: `has values that the type does not have`.
    package let trouble: String
    package let cure: String

    package init(object: CatalogObject, query: String, trouble: String, cure: String) {
        self.object = object
        self.query = query
        self.trouble = trouble
        self.cure = cure
    }

    /// A row of the answer.
    package struct Obstacle: Hashable, Sendable {
        package let value: String?
        package let count: Int

        package init(value: String?, count: Int) {
            self.value = value
            self.count = count
        }
    }
}
