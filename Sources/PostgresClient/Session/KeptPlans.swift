/// The plans that a session keeps, as prepared statements of the protocol. Analysing and planning a query on many catalogs
/// takes longer than executing it; one that is asked for the second time will be asked again.
///
/// Code of others that runs in the session can take such a statement away, by `DEALLOCATE`, and can put another of that
/// name in its place, by `PREPARE`. It cannot make one of the protocol: `pg_prepared_statements.from_sql` tells them apart.
/// It can execute one, with its own rights and under a `search_path` of its own; the server then analyses the query anew,
/// and does so again for ours.
package struct KeptPlans: Sendable {
    enum Use: Equatable {
        /// To be sent as it is.
        case once
        /// To be prepared under that name.
        case again(String)
        case kept(String)
    }

    private var asked: Set<Statement.Signature> = []
    private var names: [Statement.Signature: String] = [:]
    private var lastNumber = 0

    package init() {}

    /// How many there are.
    package var count: Int { names.count }

    mutating func use(of query: Statement.Signature) -> Use {
        if let name = names[query] { return .kept(name) }
        if asked.insert(query).inserted { return .once }
        // No name is tried twice: where preparing has failed, nobody knows whether the server has it.
        lastNumber += 1
        return .again("pgtend_\(lastNumber)")
    }

    /// After DEALLOCATE ALL.
    package mutating func forget() { self = KeptPlans() }

    mutating func keep(_ query: Statement.Signature, as name: String) {
        names[query] = name
    }
}
