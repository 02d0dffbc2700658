import Maintenance

/// In JSON: something in view that is not tended.
struct RefusalDocument: Encodable {
    private let task: String
    private let object: RelationDocument
    /// A word.
    private let reason: String
    private let explanation: String
    private let cure: String

    init(_ refusal: Refusal) {
        task = refusal.task.rawValue
        object = RelationDocument(refusal.object)
        reason = refusal.reason.rawValue
        explanation = refusal.explanation
        cure = refusal.cure
    }
}
