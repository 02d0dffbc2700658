import PostgresClient

/// What `sql/run/sandbox/witness.sql` says of the session before and after the code of others has run in it: the kind,
/// the name and the value of each thing.
struct SandboxWitness {
    let before: Set<[String?]>
    let after: Set<[String?]>

    static func facts(_ rows: [Row]?) throws(PostgresError) -> Set<[String?]> {
        guard let rows, !rows.isEmpty else { throw PostgresError(.shape, "the server said nothing of the session") }
        var facts: Set<[String?]> = []
        for row in rows where try row.decode("kind") != plans {
            facts.insert([try row.decode("kind"), try row.decode("name"), try row.decodeIfPresent("value")])
        }
        return facts
    }

    /// How many plans the session has that pgtend keeps there.
    static func countOfPlans(_ rows: [Row]?) throws(PostgresError) -> Int {
        for row in rows ?? [] where try row.decode("kind") == plans {
            if let count = Int(try row.decode("value", as: String.self)) { return count }
        }
        throw PostgresError(.shape, "the server did not say which plans it keeps")
    }

    private static let plans = "plans"

    /// - Throws: `.server`, naming what differs.
    func requireUnchanged() throws(PostgresError) {
        let changed = before.symmetricDifference(after)
        guard !changed.isEmpty else { return }
        let names = Set(changed.map { fact in fact.prefix(2).compactMap(\.self).joined(separator: " ") }).sorted()
        throw PostgresError(
            .server,
            "code that it ran has changed the session of pgtend, so that nothing of it was kept: "
                + names.joined(separator: ", "),
            hint: "look for set_config(), SET, PREPARE, DECLARE and the like in its triggers and functions")
    }
}
