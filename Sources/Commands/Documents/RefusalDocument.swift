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
    /// As they are to be given to psql, or to stand in the configuration; each is enough. None of advice.
    private let cures: [String]

    init(_ refusal: Refusal) {
        task = refusal.task.rawValue
        object = RelationDocument(refusal.object)
        reason = refusal.reason.rawValue
        explanation = refusal.explanation
        cure = refusal.cure.description
        cureKind = refusal.cure.kind.rawValue
        cures = refusal.cure.kind == .advice ? [] : refusal.cure.alternatives
    }
}
