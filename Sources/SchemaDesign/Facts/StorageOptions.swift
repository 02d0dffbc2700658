/// The options of a relation, as its catalog row lists them: `fillfactor=80, autovacuum_enabled=false`.
package struct StorageOptions: Equatable, Sendable {
    private let values: [String: String]

    package init(_ text: String?) {
        values = (text ?? "").split(separator: ", ").reduce(into: [:]) { values, option in
            let parts = option.split(separator: "=", maxSplits: 1)
            guard let name = parts.first else { return }
            values[String(name)] = parts.count > 1 ? String(parts[1]) : "true"
        }
    }

    package var names: [String] { values.keys.sorted() }

    /// Each as `fillfactor=80`.
    package var list: [String] { names.map { "\($0)=\(values[$0] ?? "")" } }

    /// The options that `others` has as well, whatever their values.
    package func restricted(to others: StorageOptions) -> StorageOptions {
        StorageOptions(values.filter { others.values[$0.key] != nil })
    }

    /// The options that `others` does not have.
    package func without(_ others: StorageOptions) -> StorageOptions {
        StorageOptions(values.filter { others.values[$0.key] == nil })
    }

    private init(_ values: [String: String]) {
        self.values = values
    }
}
