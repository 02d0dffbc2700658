/// What the caller of a repair has decided beforehand.
package struct RepairChoices: Sendable {
    /// The new names of old values.
    package var mappings: [ValueMapping]
    /// Whether triggers that do what one of the schema's does are dropped.
    package var replacesTriggers: Bool

    package init(mappings: [ValueMapping] = [], replacesTriggers: Bool = false) {
        self.mappings = mappings
        self.replacesTriggers = replacesTriggers
    }
}
