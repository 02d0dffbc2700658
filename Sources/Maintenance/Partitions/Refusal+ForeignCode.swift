import SQLText

extension Refusal {
    /// Why a new partition of the table would run code of others with the rights of its owner, or could; nil if not.
    static func foreignCode(
        of table: PartitionedTable, template: PartitionTemplate?, on server: ServerFacts
    ) -> Refusal? {
        if let failure = table.unreadCode {
            return Refusal(
                task: .partitions, object: table.name, reason: .unreadable,
                explanation:
                    "what others own beside it, and what of that would run while a partition is attached, could "
                    + "not be read: \(failure)",
                cure: .advice(
                    failure.hint ?? "look for who has made thousands of types, casts, CHECKs or indexes there"))
        }
        if let schema = table.foreignSchema {
            return schema.refusal(
                .partitions, of: table.name, ownedBy: table.owner, while: "a partition is created")
        }
        if let code = table.foreignCode {
            return Refusal(
                task: .partitions, object: table.name, reason: .foreignCode,
                explanation: (code.relation == table.name
                    ? "a new partition gets its CHECKs and indexes: "
                    : "to attach a partition reads what others own beside it: ")
                    + code.explanation(as: table.owner),
                cure: code.cure(as: table.owner))
        }
        if let code = template?.foreignCode {
            return Refusal(
                task: .partitions, object: table.name, reason: .foreignCode,
                explanation: code.explanation(copiedAs: table.owner), cure: code.cure(copiedAs: table.owner))
        }
        return table.neighbours.first { $0.lockRole == nil }.map { notLockable($0, beside: table, on: server) }
    }

    /// Its owner could add code while the attach waits for the lock that the server takes.
    private static func notLockable(
        _ neighbour: Neighbour, beside table: PartitionedTable, on server: ServerFacts
    ) -> Refusal {
        let (relation, owner) = (neighbour.relation, RelationName.quoted(neighbour.owner))
        let tableOwner = RelationName.quoted(table.owner)
        let explanation =
            "\(relation) belongs to \(neighbour.owner), "
            + (neighbour.isSuperusers ? "a superuser, beneath a table of another owner's, " : "")
            + "who could add code to it while a partition is attached: "
        if neighbour.isForeign {
            return Refusal(
                task: .partitions, object: table.name, reason: .foreignCode,
                explanation: explanation + "a foreign table cannot be locked before that",
                cure: .statement("ALTER FOREIGN TABLE \(relation) OWNER TO \(tableOwner)"))
        }
        return Refusal(
            task: .partitions, object: table.name, reason: .foreignCode,
            explanation: explanation
                + "role \(server.role) may lock it neither as \(neighbour.owner) nor as \(table.owner) before that",
            cure: neighbour.isSuperusers
                ? .statement("ALTER TABLE \(relation) OWNER TO \(tableOwner)")
                : .advice(
                    server.membership(in: neighbour.owner)
                        + ", and USAGE ON SCHEMA \(RelationName.quoted(relation.schema)) to \(owner); "
                        + "or ALTER TABLE \(relation) OWNER TO \(tableOwner)"))
    }
}

extension ForeignSchema {
    /// - Parameters:
    ///   - owner: of the object.
    ///   - occasion: when the owner of the schema could make use of it.
    func refusal(_ task: TaskKind, of object: RelationName, ownedBy owner: String, while occasion: String) -> Refusal {
        let (schema, worker) = (RelationName.quoted(name), RelationName.quoted(owner))
        return Refusal(
            task: task, object: object, reason: .noOneOwner,
            explanation:
                "schema \(schema) belongs to \(self.owner), who could put other tables, with code, in the place of "
                + "what \(worker) has in it while \(occasion)",
            cure: name == "public"
                ? "let \(worker), a superuser or the owner of the database own schema public"
                : .statement("ALTER SCHEMA \(schema) OWNER TO \(worker)"))
    }
}
