import Maintenance

/// What tells the elements of a list of mappings apart: no two have the same, and what a reload changes is said of the
/// element that has it.
struct ElementIdentity<Element: Sendable>: Sendable {
    /// The key that holds it, from the element on: `table`, `target.table`.
    let key: String
    /// For "duplicate …".
    let noun: String
    /// As the file would write it.
    let name: @Sendable (Element) -> String

    init(key: String, noun: String, of field: KeyPath<Element, String> & Sendable) {
        self.key = key
        self.noun = noun
        name = { $0[keyPath: field] }
    }

    init(key: String, noun: String, of field: KeyPath<Element, RelationName> & Sendable) {
        self.key = key
        self.noun = noun
        name = { QualifiedName.text(of: $0[keyPath: field]) }
    }
}

extension RelationName {
    /// Stands for a required name until it is read; a definition that keeps it is never handed out.
    static let placeholder = RelationName(schema: "", name: "")
}
