import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Creates a table like its siblings, and attaches it.
///
/// The table is created first: other sessions cannot see it yet, and only ACCESS SHARE is held on existing tables. Then
/// the parent is locked with SHARE UPDATE EXCLUSIVE, and under that lock, which keeps the result valid, the table is
/// checked against the plan. Only then come the locks that make readers or writers wait, and they are held no longer
/// than ATTACH PARTITION and the statements that depend on it take.
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
            try await wait.acquire(requirement, on: connection, timeout: timeout)
        }
        // The lock held so far blocks no reader or writer, so the recheck does not count toward the lock deadline.
        let left = step.limits.lockDeadline - wait.elapsed
        let limit = "SET LOCAL statement_timeout = '\(step.limits.statementTimeout.milliseconds)ms'"
        try await connection.script(unsafe: limit)
        if let changed = try await recheckTable(on: connection) {
            return .rollback(.superseded(reason: changed))
        }

        let strong = step.locks.dropFirst()
        let deadline = LockDeadline(left)
        for requirement in strong { try await deadline.acquire(requirement, on: connection, timeout: timeout) }
        try await attach(ddl, on: connection, strong.isEmpty ? nil : deadline, limit)
        return .commit
    }

    /// - Parameters:
    ///   - deadline: for all statements together, while locks are held that block the application; nil if there are
    ///     none.
    ///   - limit: the statement that sets the `statement_timeout` of the step again.
    private func attach(
        _ ddl: PartitionDDL, on connection: Connection, _ deadline: LockDeadline?, _ limit: String
    ) async throws(PostgresError) {
        let timeout = step.limits.clientTimeout
        guard let deadline else {
            return try await connection.script(
                unsafe: (ddl.attach + ddl.finish).joined(separator: ";\n"), timeout: timeout)
        }
        // The server's timeouts apply to each statement separately, so each gets what is left of the deadline.
        for work in [ddl.attach.joined(separator: ";\n")] + ddl.finish {
            try await connection.script(unsafe: "\(deadline.settings);\n\(work)", timeout: timeout)
        }
        // The deadline does not apply to COMMIT: a step that is complete must not fail just because time is up.
        try await connection.script(unsafe: limit)
    }

    /// Leaves out what pgtend's role may not do; the comparison with the sibling then reports it.
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

    /// Compares the sibling with what the plan has read of it: a privilege that was revoked on it since then must not
    /// be granted on the new partition. To be called before any lock is held, because the server locks the sibling
    /// (ACCESS SHARE) to print its policies, within the step's `lock_timeout`.
    private func recheckTemplate(on connection: Connection) async throws(PostgresError) -> String? {
        let sibling = action.template.relation
        var template = try await TemplateReader(connection: connection).read(sibling)
        if sibling == action.parent { template = template?.forFirstPartition }
        // An index that the sibling got in the meantime would not be copied anyway.
        template?.localObjects = action.template.localObjects
        if template == action.template { return nil }
        return
            "what new partitions follow of \(sibling) (grants, policies, settings) changed after the plan was made; run again"
    }

    /// To be called before the new table exists: afterwards, the name is its own.
    private func recheckName(on connection: Connection) async throws(PostgresError) -> String? {
        let taken = try await connection.rows(
            CatalogQuery.names([action.partition.schema], [action.partition.name]))
        return taken.isEmpty ? nil : "something else is called \(action.partition) by now; run again"
    }

    // MARK: - After the COMMIT

    /// How the new partition differs from its sibling: something could not be copied, or was added, for example by an
    /// event trigger. Reported because nobody would look for it.
    func remarks(on connection: Connection) async throws(PostgresError) -> [String] {
        let sibling = action.template.relation
        // Without a sibling, the template is that of the parent, and nothing was copied.
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
        // The DEFAULT partition contains rows of the range.
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
