import Maintenance
import PostgresClient
import SQLText

/// What a role lacks for a command on the schema.
package struct MissingRight: Hashable, Sendable {
    /// Such as "CREATE on database platform".
    package let description: String
    /// The statement by which a superuser gives it; nil where nobody should.
    package let cure: String?
}

extension Connection {
    /// What the session's role lacks, by queries whose rows are `missing` and `cure`; each once. Needs no right itself.
    package func missingRights(_ queries: Statement...) async throws(PostgresError) -> [MissingRight] {
        var rights: [MissingRight] = []
        for query in queries {
            for row in try await rows(query) {
                let right = MissingRight(
                    description: try row.decode("missing"), cure: try row.decodeIfPresent("cure"))
                if !rights.contains(right) { rights.append(right) }
            }
        }
        return rights
    }
}

extension ServerFailure {
    /// A role that lacks rights, found before anything was changed.
    ///
    /// - Parameters:
    ///   - action: what it may not do: "apply the schema".
    ///   - otherwise: who else may: "apply it as a superuser, or let one run".
    package init(_ missing: [MissingRight], of role: String, _ action: String, otherwise: String) {
        let cures = missing.compactMap(\.cure)
        self.init(
            failureClass: .privilege, sqlState: .insufficientPrivilege,
            message: "role \(role) may not \(action), and nothing was changed; "
                + "it lacks: \(missing.map(\.description).joined(separator: "; "))",
            cure: cures.count == missing.count
                ? "\(otherwise): \(cures.map { "\($0);" }.joined(separator: " "))"
                : "do it as a superuser: not all of this should be given to another role")
    }
}
