import SQLText

/// Code of one owner that would run when another works on a table beside it: what an index, a CHECK or a trigger of the
/// relation calls.
package struct ForeignCode: Hashable, Sendable {
    package var relation: RelationName
    package var owner: String
    /// What calls it, as the server describes it: "index rest_id_idx".
    package var caller: String
    /// What is called, as the server describes it: "function app.computed(integer)".
    package var code: String
    package var codeOwner: String

    package init(relation: RelationName, owner: String, caller: String, code: String, codeOwner: String) {
        self.relation = relation
        self.owner = owner
        self.caller = caller
        self.code = code
        self.codeOwner = codeOwner
    }

    /// - Parameter role: with whose rights it would run.
    package func explanation(as role: String) -> String {
        "\(relation) belongs to \(owner), and its \(caller) calls \(code) of \(codeOwner), which would run with the "
            + "rights of \(role)"
    }

    /// For what a new partition would copy of the relation.
    package func explanation(copiedAs role: String) -> String {
        "new partitions are made like \(relation), whose \(caller) uses \(code) of \(codeOwner): its text, sent as "
            + "\(role), could run code of \(codeOwner) with the rights of \(role)"
    }

    package func cure(copiedAs role: String) -> Cure {
        "let \(RelationName.quoted(role)) or a superuser own \(code); or drop \(caller)"
    }

    package func cure(as role: String) -> Cure {
        let (worker, isOthers) = (RelationName.quoted(role), !role.isSame(as: owner))
        return .advice(
            (isOthers ? "ALTER TABLE \(relation) OWNER TO \(worker); or " : "")
                + "let \(worker) or a superuser own \(code); or drop its \(caller)")
    }
}
