import PostgresClient

/// What `sql/run/sandbox/witness.sql` says of the session before and after the code of others has run in it.
struct SandboxWitness {
    private struct Fact: Hashable {
        let kind: String
        let name: String
        let value: String?
    }

    private let before: Set<Fact>
    private let after: Set<Fact>

    init(before: [Row]?, after: [Row]?) throws(PostgresError) {
        self.before = try Self.facts(before ?? [])
        self.after = try Self.facts(after ?? [])
    }

    private static func facts(_ rows: [Row]) throws(PostgresError) -> Set<Fact> {
        var facts: Set<Fact> = []
        for row in rows {
            facts.insert(
                Fact(
                    kind: try row.decode("kind"), name: try row.decode("name"),
                    value: try row.decodeIfPresent("value")))
        }
        return facts
    }

    /// Advisory locks that the code has taken and not given back are no harm to us; those that it released are.
    ///
    /// - Throws: `.server`, naming what differs.
    func requireUnchanged() throws(PostgresError) {
        let gone = before.subtracting(after)
        let new = after.subtracting(before).filter { $0.kind != "advisory lock" }
        guard !gone.isEmpty || !new.isEmpty else { return }
        let names = Set(gone.union(new).map { $0.kind == "role" ? "the role" : "\($0.kind) \($0.name)" }).sorted()
        throw PostgresError(
            .server,
            "code that it ran has changed the session of pgtend, so that nothing of it was kept: "
                + names.joined(separator: ", "),
            hint: "look for set_config(), SET, pg_advisory_unlock_all() and the like in its triggers and functions")
    }
}
