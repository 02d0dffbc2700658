import Maintenance

/// In JSON: an object that pgtend refuses to work on.
struct RefusalDocument: Encodable {
    private let task: String
    private let object: RelationDocument
    /// One of a fixed list of words.
    private let reason: String
    private let explanation: String
    private let cure: String
    /// statement, configuration or advice.
    private let cureKind: String

    init(_ refusal: Refusal) {
        task = refusal.task.rawValue
        object = RelationDocument(refusal.object)
        reason = refusal.reason.rawValue
        explanation = refusal.explanation
        cure = refusal.cure.description
        cureKind = refusal.cure.kind.rawValue
    }
}
