import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Makes a table beside its siblings, and attaches it.
///
/// The table is made first: nobody else sees it, and no lock but ACCESS SHARE is held meanwhile. Then the lock on the
/// parent, then the check whether all is as it was planned, which that lock keeps so; and only then the locks that make
/// others wait, for no more than ATTACH and what needs it.
struct CreatePartitionWork: StepWork {
    let step: PlanStep
    let action: CreatePartition
    let server: ServerCapabilities

    private var statements: PartitionDDL {
        get throws(SQLTextError) { try PartitionDDL(action, on: server) }
    }

    func script() throws(SQLTextError) -> [String] {
        let ddl = try statements
        var locks: [String] = []
        for requirement in step.locks { locks.append(try requirement.statement) }
        let publish = ddl.publish.isEmpty ? [] : ["RESET ROLE"] + ddl.publish + [try ddl.actAsOwner]
        return ddl.create + publish + locks + ddl.attach + ddl.finish
    }

    func perform(on connection: Connection) async throws(PostgresError) -> StepTransaction.Verdict {
        let ddl = try spelled(statements)
        let timeout = step.limits.clientTimeout
        try await connection.script(unsafe: ddl.create.joined(separator: ";\n"), timeout: timeout)
        try await publish(ddl, on: connection)

        let wait = LockDeadline(step.limits.lockDeadline)
        for requirement in step.locks.prefix(1) {
            try await wait.take(requirement, on: connection, timeout: timeout)
        }
        // Nobody who reads or writes waits for us while the recheck reads: its time is none of the locks'.
        let left = step.limits.lockDeadline - wait.elapsed
        let limit = "SET LOCAL statement_timeout = '\(step.limits.statementTimeout.milliseconds)ms'"
        try await connection.script(unsafe: limit)
        if let changed = try await recheckTable(on: connection) {
            return .rollback(.superseded(reason: changed))
        }

        let strong = step.locks.dropFirst()
        let deadline = LockDeadline(left)
        for requirement in strong { try await deadline.take(requirement, on: connection, timeout: timeout) }
        try await attach(ddl, on: connection, strong.isEmpty ? nil : deadline, limit)
        return .commit
    }

    /// - Parameter deadline: of those whom the locks make wait, nil where there are none.
    private func attach(
        _ ddl: PartitionDDL, on connection: Connection, _ deadline: LockDeadline?, _ limit: String
    ) async throws(PostgresError) {
        let timeout = step.limits.clientTimeout
        guard let deadline else {
            return try await connection.script(
                unsafe: (ddl.attach + ddl.finish).joined(separator: ";\n"), timeout: timeout)
        }
        // The limits of the server count for each statement anew: so each is sent with what is left for all of them.
        for work in [ddl.attach.joined(separator: ";\n")] + ddl.finish {
            try await connection.script(unsafe: "\(deadline.settings);\n\(work)", timeout: timeout)
        }
        // What is committed is not to be called a failure because its last moment was a late one.
        try await connection.script(unsafe: limit)
    }

    /// What our role may not do is left out; the comparison with the sibling then reports it.
    private func publish(_ ddl: PartitionDDL, on connection: Connection) async throws(PostgresError) {
        guard !ddl.publish.isEmpty else { return }
        try await connection.script(unsafe: "RESET ROLE")
        for statement in ddl.publish {
            try await connection.script(
                unsafe: statement, unlessRefusedWith: [.insufficientPrivilege], timeout: step.limits.clientTimeout)
        }
        try await connection.script(unsafe: try spelled(ddl.actAsOwner))
    }

    // MARK: - Rechecks

    func recheck(on connection: Connection) async throws(PostgresError) -> String? {
        if let changed = try await recheckTable(on: connection) { return changed }
        if let changed = try await recheckTemplate(on: connection) { return changed }
        return try await recheckName(on: connection)
    }

    private func recheckTable(on connection: Connection) async throws(PostgresError) -> String? {
        action.supersession(by: try await PartitionReader(connection: connection).table(named: action.parent))
    }

    /// Whoever closed the sibling to somebody meanwhile has closed the new partition too. Asked before any lock is held:
    /// to print its policies the server locks the sibling, within the step's `lock_timeout`.
    private func recheckTemplate(on connection: Connection) async throws(PostgresError) -> String? {
        let sibling = action.template.relation
        var template = try await TemplateReader(connection: connection).read(sibling)
        if sibling == action.parent { template = template?.forFirstPartition }
        // An index that somebody gives the sibling meanwhile would not be copied anyhow.
        template?.localObjects = action.template.localObjects
        if template == action.template { return nil }
        return
            "what new partitions follow of \(sibling) (grants, policies, settings) changed after the plan was made; run again"
    }

    /// Asked while the new table does not stand: afterwards the name is its own.
    private func recheckName(on connection: Connection) async throws(PostgresError) -> String? {
        let taken = try await connection.rows(
            CatalogQuery.names([action.partition.schema], [action.partition.name]))
        return taken.isEmpty ? nil : "something else is called \(action.partition) by now; run again"
    }

    // MARK: - Afterwards

    /// What could not be copied, or came from elsewhere, such as an event trigger: said, since nobody would look.
    func remarks(on connection: Connection) async throws(PostgresError) -> [String] {
        let sibling = action.template.relation
        // Without a sibling the parent is named, and nothing was copied.
        guard sibling != action.parent else { return [] }
        do throws(PostgresError) {
            let reader = TemplateReader(connection: connection)
            guard let found = try await reader.read(action.partition) else { return [] }
            return found.differences(from: action.template).map {
                "\(action.partition) is not like \(sibling): \($0)"
            }
        } catch {
            var error = error
            error.message = "\(action.partition) could not be compared with \(sibling): \(error.message)"
            throw error
        }
    }

    func cure(for failure: ServerFailure) -> String? {
        // Rows of the range stand in the DEFAULT partition.
        if failure.sqlState == .checkViolation, let rest = action.defaultPartition {
            return "\(rest) holds rows of [\(action.lower), \(action.upper)): move them out of it, then run again"
        }
        switch failure.failureClass {
        case .timeout:
            return action.defaultPartition.map {
                "\($0) could not be scanned within \(step.limits.lockDeadline), while its writers wait: "
                    + "empty it, or raise lock_timeout for a quiet hour"
            } ?? "the server was too busy to attach an empty table in time: run again, or raise lock_timeout"
        case .privilege: return privilegeCure
        default: return nil
        }
    }

    private var privilegeCure: String {
        let (owner, schema) = (RelationName.quoted(action.parentOwner), RelationName.quoted(action.partition.schema))
        if action.template.owner != action.parentOwner {
            return
                "its siblings belong to \(action.template.owner): give them the owner of \(action.parent), or let our role "
                + "act as both, with CREATE on schema \(schema)"
        }
        return "\(owner) needs CREATE on schema \(schema) (GRANT CREATE ON SCHEMA \(schema) TO \(owner))"
            + (action.template.tablespace.map { " and on tablespace \(RelationName.quoted($0))" } ?? "")
            + ", and EXECUTE on the functions of the sibling's triggers and policies"
    }
}
