/// Identifies a step: it is the same in every run for a slot, so that the ledger can tell that the step is already
/// done.
package struct StepKey: Sendable {
    package let text: String

    /// - Parameter text: the key as it is stored in the ledger.
    package init(_ text: String) {
        self.text = text
    }

    /// The kind comes first, so that two actions on one object have different keys.
    package init(_ kind: ActionKind, _ identity: [String]) {
        self.init(([kind.rawValue] + identity).joined(separator: " "))
    }
}

extension StepKey: Hashable {
    /// Compares bytes, as the server does: for Swift's `==`, a composed and a decomposed "é" are equal.
    package static func == (left: StepKey, right: StepKey) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(text.utf8.count)
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
