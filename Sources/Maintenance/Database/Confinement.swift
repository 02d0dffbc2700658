import SQLText

/// How code of an object's owner, such as a trigger, is kept within that owner's rights while pgtend works on the object.
package enum Confinement: Hashable, Sendable {
    /// It runs in a sandbox, for which its owner has TEMPORARY on the database.
    case sandbox
    /// No sandbox can be made, and none is needed: no code would run.
    case noCode
    /// No sandbox can be made, and this code would run, such as "trigger t of a.b".
    case impossible(code: String, database: String)
}

extension Confinement {
    /// Why nothing is done, and the cure; nil where something can be.
    ///
    /// - Parameter role: the role whose code it is; nil for that which connected.
    func obstacle(of role: String?) -> (explanation: String, cure: String)? {
        guard case .impossible(let code, let database) = self else { return nil }
        let who = role ?? "the role that pgtend connects as"
        let grantee = role.map(RelationName.quoted) ?? "that role"
        return (
            "\(code) would run, and could not be kept within the rights of \(who): that takes a temporary function in "
                + "PL/pgSQL, and \(who) has no TEMPORARY on the database, or no USAGE on the language",
            "GRANT TEMPORARY ON DATABASE \(RelationName.quoted(database)) TO \(grantee)"
        )
    }
}
