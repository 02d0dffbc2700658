/// What a step is about, the same in every attempt at it: by it the ledger knows that a step was done already.
package struct StepKey: Sendable {
    package let text: String

    /// As the ledger has it.
    package init(_ text: String) {
        self.text = text
    }

    /// The verb first: two actions on one object are two steps.
    package init(_ kind: ActionKind, _ identity: [String]) {
        self.init(([kind.rawValue] + identity).joined(separator: " "))
    }
}

extension StepKey: Hashable {
    /// By bytes, as the server compares: Swift's `==` takes a composed and a decomposed "é" for one.
    package static func == (left: StepKey, right: StepKey) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(text.utf8.count)
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
