/// What the caller of a repair has decided beforehand.
package struct RepairChoices: Sendable {
    /// The new names of old values.
    package var mappings: [ValueMapping]
    /// The columns that have the values of the schema's so far.
    package var sources: [ColumnChoice]
    /// The values of columns in rows that have none.
    package var fillings: [ColumnChoice]
    /// Whether triggers that do what one of the schema's does are dropped.
    package var replacesTriggers: Bool

    package init(
        mappings: [ValueMapping] = [], sources: [ColumnChoice] = [], fillings: [ColumnChoice] = [],
        replacesTriggers: Bool = false
    ) {
        self.mappings = mappings
        self.sources = sources
        self.fillings = fillings
        self.replacesTriggers = replacesTriggers
    }
}
