import PostgresClient
import SQLText

/// Whose the parts of a corpus are, and whose code therefore runs in work on it.
struct CorpusOwners {
    struct Owner: Hashable {
        let name: String
        let isSuperuser: Bool
        /// Whether pgtend's role may SET ROLE to it.
        let mayBecome: Bool
        let mayHaveSandbox: Bool
    }

    /// Superusers, whose code may run as anyone, only where there is nobody else.
    private let owners: [Owner]
    /// Whether code that runs as pgtend's own role is nobody else by that, and cannot become anybody.
    let isSessionNobodyElse: Bool
    let mayHaveOwnSandbox: Bool

    init(_ rows: [Row]) throws(PostgresError) {
        var all: [Owner] = []
        var (isNobodyElse, mayHaveOwnSandbox) = (true, true)
        for row in rows {
            isNobodyElse = try row.decode("is_nobody_else")
            mayHaveOwnSandbox = try row.decode("may_have_own_sandbox")
            // Several functions of that name may belong to several roles.
            let relation = try RelationName(row)
            let name: String? = try row.decodeIfPresent("owner")
            all.append(
                Owner(
                    name: name ?? "the owners of \(relation)",
                    isSuperuser: try row.decode("is_superusers"), mayBecome: try row.decode("may_act_as_owner"),
                    mayHaveSandbox: try row.decode("may_have_sandbox")))
        }
        let others = Set(all.filter { !$0.isSuperuser })
        owners = others.isEmpty ? Array(all.prefix(1)) : others.sorted { $0.name < $1.name }
        isSessionNobodyElse = isNobodyElse
        self.mayHaveOwnSandbox = mayHaveOwnSandbox
    }

    var names: [String] { owners.map(\.name) }

    /// The one owner, if pgtend's role may become it.
    var worker: Owner? { owners.count == 1 ? owners.first { $0.mayBecome } : nil }
}
