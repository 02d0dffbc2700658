/// What a step is about, the same in every attempt at it: by it the ledger knows that a step was done already.
package struct StepKey: Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
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

extension PlanStep {
    /// The kind of work, the object, and the partition or tenant: nothing that another plan for the same slot could
    /// see otherwise, such as the manner of a refresh. Quoted names keep it unambiguous; the tenant, which may be any
    /// text, stands last.
    package var key: StepKey {
        switch self {
        case .createPartition(let step): StepKey("partitions \(step.parent) \(step.partition)")
        case .refreshView(let step): StepKey("views \(step.view)")
        case .updateStatistics(let step):
            StepKey("statistics \(step.corpus.source) \(step.corpus.target) \(step.tenant)")
        }
    }
}
