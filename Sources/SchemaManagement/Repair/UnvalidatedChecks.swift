import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// The CHECKs that stand for NOT NULL and are not validated. A row that breaks one, written just before the CHECK was
/// added, could not be updated while it exists. Where a call ends without a chance to drop them, the next one validates
/// or drops them.
struct UnvalidatedChecks {
    let connection: Connection
    let release: SchemaRelease
    let locks: LockBudget
    let programVersion: String
    var keeper: MigrationKeeper?

    /// Drops all of them; the next call adds them again.
    ///
    /// - Returns: whether there were any.
    func withdrawAll() async throws(ServerFailure) -> Bool {
        let schema = release.schema
        let (live, identity) = try await connection.asking(about: schema) { (identity) async throws(ServerFailure) in
            (try await SchemaVerifier.live(connection, release), identity)
        }
        let checks = live.objects(.constraint).filter { check in
            check.name.hasPrefix(ReservedName.notNullPrefix)
                && live[check, .definition]?.hasSuffix(" NOT VALID") ?? false
        }
        guard !checks.isEmpty else { return false }
        do throws(PostgresError) {
            var runner = SchemaStepRunner(
                connection: connection, schema: schema, set: release.set, pin: SchemaPin([schema: identity.pinned]),
                locks: locks,
                programVersion: programVersion, keeper: keeper)
            try await runner.prepare()
            for check in checks {
                let relation = RelationName(schema: schema, name: check.relation)
                try await runner.execute([
                    SchemaStep(
                        check, .briefly([LockRequirement(.accessExclusive, on: relation)]), "it is not validated",
                        [
                            "ALTER TABLE \(try spelled(relation.quoted)) DROP CONSTRAINT IF EXISTS "
                                + (try spelled(SQLIdentifier(check.name).quoted))
                        ])
                ])
            }
        } catch {
            throw ServerFailure(error)
        }
        return true
    }

    /// - Throws: the given failure, if they cannot be dropped either: often the connection has been lost. Its detail
    ///   then says what is left.
    func withdraw(after failure: ServerFailure, in plan: SchemaPlan) async throws(ServerFailure) {
        do throws(ServerFailure) {
            _ = try await withdrawAll()
        } catch {
            let hasChecks = plan.steps.contains { step in
                step.statements.contains { $0.contains(ReservedName.notNullPrefix) }
            }
            guard hasChecks else { throw failure }
            var told = failure
            let remainder =
                "a CHECK \(ReservedName.notNullPrefix)… that is not validated may still stand, which the next call deals "
                + "with: it could not be taken away (\(error))"
            told.detail = [failure.detail, remainder].compactMap(\.self).joined(separator: "\n")
            throw told
        }
    }
}
