import SQLText

/// The key that identifies an element of a list of mappings. Its value is unique in the list, and names the element in
/// the changes of a reload.
struct ElementIdentity<Element: Sendable>: Sendable {
    /// The path of the key relative to the element: `table`, `target.table`.
    let key: String
    /// What to call it in "duplicate …".
    let noun: String
    /// The value of the key, as it would be written in the file.
    let name: @Sendable (Element) -> String

    init(key: String, noun: String, of field: KeyPath<Element, String> & Sendable) {
        self.key = key
        self.noun = noun
        name = { $0[keyPath: field] }
    }

    init(key: String, noun: String, of field: KeyPath<Element, RelationName> & Sendable) {
        self.key = key
        self.noun = noun
        name = { QualifiedNameSyntax.text(of: $0[keyPath: field]) }
    }
}

extension RelationName {
    /// The value of a required key until it is decoded. A configuration that still contains it is never returned.
    static let placeholder = RelationName(schema: "", name: "")
}
