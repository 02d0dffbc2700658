import Maintenance
import PostgresClient
import SQLText

/// A privilege that a role lacks for a command on the schema.
package struct MissingPrivilege: Hashable, Sendable {
    /// Such as "CREATE on database platform".
    package let description: String
    /// The statement with which a superuser grants it; nil if it should not be granted.
    package let cure: String?
}

extension Connection {
    /// The privileges that the session's role lacks, without duplicates. Needs no privilege itself.
    ///
    /// - Parameter queries: their columns are `missing`, such as "CREATE on database platform", and `cure`, a statement
    ///   or null.
    package func missingPrivileges(_ queries: Statement...) async throws(PostgresError) -> [MissingPrivilege] {
        var privileges: [MissingPrivilege] = []
        for query in queries {
            for row in try await rows(query) {
                let privilege = MissingPrivilege(
                    description: try row.decode("missing"), cure: try row.decodeIfPresent("cure"))
                if !privileges.contains(privilege) { privileges.append(privilege) }
            }
        }
        return privileges
    }
}

extension ServerFailure {
    /// The failure of a role that lacks privileges, found before anything was changed.
    ///
    /// - Parameters:
    ///   - action: what the role may not do: "apply the schema".
    ///   - superuserCure: what to do instead, before the GRANT statements: "apply it as a superuser, or let one run".
    package init(_ missing: [MissingPrivilege], of role: String, _ action: String, superuserCure: String) {
        let cures = missing.compactMap(\.cure)
        self.init(
            failureClass: .privilege, sqlState: .insufficientPrivilege,
            message: "role \(role) may not \(action), and nothing was changed; "
                + "it lacks: \(missing.map(\.description).joined(separator: "; "))",
            cure: cures.count == missing.count
                ? "\(superuserCure): \(cures.map { "\($0);" }.joined(separator: " "))"
                : "do it as a superuser: not all of this should be given to another role")
    }
}
