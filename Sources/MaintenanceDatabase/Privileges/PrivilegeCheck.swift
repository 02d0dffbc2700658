import DatabaseAccess
import Maintenance
import PostgresClient

/// Checks which privileges pgtend's role lacks in one database, for all kinds of task and for all objects that it is to
/// maintain there, whether or not there is something to do at the moment.
package struct PrivilegeCheck: Sendable {
    private let definition: DatabaseDefinition
    private let applicationName: String

    package init(definition: DatabaseDefinition, applicationName: String) {
        self.definition = definition
        self.applicationName = applicationName
    }

    /// Connects and checks; changes nothing. If no finding has the severity `missing`, `run` will not fail for lack of
    /// a privilege.
    ///
    /// If the server cannot be reached or rejects the connection, that is a finding too.
    ///
    /// - Throws: failures that are not about access: an invalid conninfo, a cancelled task, or a connection that is
    ///   lost during the check.
    package func findings() async throws(ServerFailure) -> [PrivilegeFinding] {
        let options = SessionOptions(applicationName: applicationName, statementTimeout: .seconds(60))
        let open = { @Sendable [definition] () async throws(PostgresError) in
            try await Connection.open(definition, options: options)
        }
        let session: RunSession
        do throws(PostgresError) {
            let info = try ConnectionInfo(parsing: definition.conninfo)
            do throws(PostgresError) {
                session = RunSession(first: try await open(), notices: NoticeLog(), reopen: open)
            } catch  where error.kind == .connection || error.kind == .authentication {
                return try ConnectionDiagnosis(error, ConnectionTarget(info)).findings
            } catch  where error.kind == .pooler {
                return [PrivilegeFinding(ServerFailure(error))]
            }
        } catch {
            throw ServerFailure(error)
        }
        do throws(ServerFailure) {
            let findings = try await findings(in: session)
            await session.close()
            return findings
        } catch {
            await session.close()
            throw error
        }
    }

    private func findings(in runSession: RunSession) async throws(ServerFailure) -> [PrivilegeFinding] {
        let tasks = TaskKind.allCases
        let snapshot = try await SnapshotReader(definition: definition, tasks: tasks, session: runSession).read()
        let plan = Planner(definition: definition, tasks: tasks).plan(snapshot)
        do throws(PostgresError) {
            let connection = try await runSession.connection()
            let session = try await PrivilegeSession.read(on: connection)
            var findings = snapshot.server.isStandby ? [PrivilegeFinding(.standby)] : []
            if let trigger = snapshot.server.foreignEventTrigger {
                let failure = ServerFailure.foreign(eventTrigger: trigger)
                findings.append(
                    PrivilegeFinding(
                        severity: .missing, object: "database \(connection.server.database)",
                        expected: "its event triggers call functions of superusers", found: failure.message,
                        cures: failure.cure.map(PrivilegeCure.of) ?? []))
            }
            do throws(PostgresError) {
                _ = try await runSession.connection(runningCodeOf: nil)
            } catch {
                guard runSession.isLost else { throw error }
                findings.append(PrivilegeFinding(ServerFailure(error)))
            }
            findings += try await absentSchemas(on: connection)
            let work = WorkInView(plan: plan, snapshot: snapshot)
            findings += try await ObjectPrivileges(connection: connection, session: session, work: work).findings()
            findings += try RoleAdvice(session: session, owners: work.owners, excess: snapshot.server.excess).findings
            if definition.ledger.enabled {
                findings += try await LedgerPrivileges(
                    connection: connection, session: session, definition: definition.ledger
                ).findings()
            }
            return findings
        } catch {
            throw ServerFailure(error)
        }
    }

    private func absentSchemas(on connection: Connection) async throws(PostgresError) -> [PrivilegeFinding] {
        var findings: [PrivilegeFinding] = []
        for row in try await connection.rows(PrivilegeQuery.schemas(definition.schemas)) {
            let schema: String = try row.decode("name")
            findings.append(
                PrivilegeFinding(
                    severity: .advice, object: "schema \(schema)", expected: "it exists, since it is watched",
                    found: "database \(connection.server.database) has no schema of that name",
                    cures: [
                        .advice(
                            schema == DatabaseDefinition.defaultSchema
                                ? "make it with pgtend schema apply, or name the schemas to watch"
                                : "correct the names of the schemas to watch")
                    ]))
        }
        return findings
    }
}

extension PrivilegeFinding {
    /// pgtend cannot work on the server: it is a standby, or behind an unsuitable pooler.
    fileprivate init(_ failure: ServerFailure) {
        self.init(
            severity: .missing, object: "server",
            expected: "it is a primary, and gives a run two sessions, each with a backend of its own",
            found: failure.description,
            cures: (failure.cure.map(PrivilegeCure.of) ?? []) + (failure.hint.map { [.advice($0)] } ?? []))
    }
}

/// The queries of the privilege check. Each is a file in `sql/run/privileges`, which can be run in psql.
enum PrivilegeQuery: String, EmbeddedQuery {
    case session = "run/privileges/session"
    case schemas = "run/privileges/schemas"
    case relations = "run/privileges/relations"
    case functions = "run/privileges/functions"
    case viewReads = "run/privileges/view_reads"
}
