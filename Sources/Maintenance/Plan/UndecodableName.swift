import SQLText

/// A name that is not UTF-8: any bytes may be one in a database of the encoding `SQL_ASCII`, and the server's roles may be
/// named in any encoding. No statement can be made of it.
package struct UndecodableName: Hashable, Sendable {
    /// Of the relation that has it, or that it belongs to.
    package var oid: UInt32
    /// With a `\xNN` for each byte beyond ASCII.
    package var text: String
    /// Whether it is the name of that relation itself, rather than of its owner, its schema, a column or a partition.
    package var isOwnName: Bool

    package init(oid: UInt32, text: String, isOwnName: Bool) {
        self.oid = oid
        self.text = text
        self.isOwnName = isOwnName
    }

    /// - Parameter object: as it can be shown: with replacement characters.
    func refusal(_ task: TaskKind, of object: RelationName) -> Refusal {
        Refusal(
            task: task, object: object, reason: .unreadable,
            explanation:
                "\(isOwnName ? "its name" : "a name that belongs to it") is not UTF-8: \(text) (the relation's oid is "
                + "\(oid)), and no statement can be made of it",
            cure: isOwnName
                ? .statement(
                    "DO $$ BEGIN EXECUTE format('ALTER TABLE %s RENAME TO relation_\(oid)', \(oid)::regclass); END $$")
                : .advice(
                    "rename what is called so, in a session with client_encoding = SQL_ASCII: look at what belongs to "
                        + "\(oid)::regclass"))
    }
}
