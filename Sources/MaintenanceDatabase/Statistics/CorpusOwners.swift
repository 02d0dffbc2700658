import PostgresClient
import SQLText

/// Whose the parts of a corpus are, and whose code therefore runs in work on it.
struct CorpusOwners {
    struct Owner {
        let name: String
        let isSuperuser: Bool
        /// Whether pgtend's role may SET ROLE to it.
        let mayBecome: Bool
        let isMember: Bool
        let mayHaveSandbox: Bool
    }

    /// Superusers, whose code may run as anyone, only where there is nobody else.
    private let owners: [Owner]

    /// - Parameter ingredients: the owners of what the corpus is made of.
    init(_ rows: [Row], ingredients: [String]) throws(PostgresError) {
        var all: [Owner] = []
        var ofParts = ingredients
        for row in rows {
            // Several functions of that name may belong to several roles.
            let relation = try RelationName(row)
            let name: String? = try row.decodeIfPresent("owner")
            all.append(
                Owner(
                    name: name ?? "the owners of \(relation)",
                    isSuperuser: try row.decode("is_superusers"), mayBecome: try row.decode("may_act_as_owner"),
                    isMember: try row.decode("is_member"),
                    mayHaveSandbox: try row.decode("may_have_sandbox")))
            ofParts += try row.decode("part_owners", as: [String].self)
        }
        let others = all.filter { !$0.isSuperuser }
        owners = Array(others.isEmpty ? all.prefix(1) : others[...])
        names = (ofParts + owners.map(\.name)).distinctTexts
    }

    /// Those of their partitions, too.
    let names: [String]

    /// The one owner; nil where there are several, since code of each would run with the rights of another.
    var only: Owner? { names.count == 1 ? owners.first : nil }
}
