import Maintenance
import SQLText

/// What identifies an element in a list of mappings: it is unique in the list, and the changes of a reload are reported
/// with it.
struct ElementIdentity<Element: Sendable>: Sendable {
    /// The path of its key, relative to the element: `table`, `target.table`.
    let key: String
    /// For "duplicate …".
    let noun: String
    /// As it would be written in the file.
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
    /// Stands for a required name until it is decoded. A configuration in which it is still there is never returned.
    static let placeholder = RelationName(schema: "", name: "")
}
