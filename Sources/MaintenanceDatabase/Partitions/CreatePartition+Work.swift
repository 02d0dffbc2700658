import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Creates a table like its siblings, and attaches it.
///
/// First the parent is locked with SHARE UPDATE EXCLUSIVE, and under that lock, which keeps the result valid, the table
/// and the sibling are checked against the plan: CREATE TABLE ... LIKE could otherwise wait for a lock, and copy what
/// somebody put in the place of the parent meanwhile. The new table is created then: other sessions cannot see it yet.
/// Only then come the locks that make readers or writers wait, and they are held no longer than ATTACH PARTITION and the
/// statements that depend on it take.
struct CreatePartitionWork: StepWork, TransactionWork {
    let step: PlanStep
    let action: CreatePartition
    let server: ServerCapabilities

    private var statements: PartitionDDL {
        get throws(SQLTextError) { try PartitionDDL(action, on: server) }
    }

    func script() throws(SQLTextError) -> [String] {
        let ddl = try statements
        let limits = step.limits.settings
        let locks = try step.locks.map { (lock) throws(SQLTextError) in
            let (role, isNeeded) = action.role(for: lock)
            return try isNeeded ? lock.statements(as: role) : lock.forgivingStatements(as: role)
        }
        return try locks.prefix(1).joined() + ddl.create.script(limits: limits, isLast: false)
            + ddl.copyProof + ddl.publish.map(\.statement) + locks.dropFirst().joined() + ddl.proof
            + ddl.attach.script(limits: limits) + ddl.handOver
            + [try PlacementProof.statement(action, published: ddl.publish.map(\.publication))].compactMap(\.self)
    }

    func perform(
        on connection: Connection, within deadline: LockDeadline
    ) async throws(PostgresError) -> StepTransaction.Verdict {
        let ddl = try spelled(statements)
        let (limits, timeout) = (step.limits.settings, step.limits.clientTimeout)

        for requirement in step.locks.prefix(1) {
            try await acquire(requirement, within: deadline, on: connection)
        }
        // The lock held so far blocks no reader or writer, so what comes now does not count toward the lock deadline.
        let left = step.limits.lockDeadline - deadline.elapsed
        try await connection.script(unsafe: limits)
        if let changed = try await recheckAll(on: connection) { return .rollback(.superseded(reason: changed)) }

        try await connection.begin(ddl.create, limits: limits, timeout: timeout)
        for proof in ddl.copyProof { try await connection.script(unsafe: "\(limits);\n\(proof)", timeout: timeout) }
        // What pgtend's role may not do is left out; the comparison with the sibling then reports it.
        var published: [String] = []
        for (publication, statement) in ddl.publish {
            let isDone = try await connection.script(
                unsafe: statement, unlessRefusedWith: [.insufficientPrivilege], timeout: timeout)
            if isDone { published.append(publication) }
        }

        // The server's timeouts apply to each statement separately, so each gets what is left of the deadline.
        let strong = step.locks.dropFirst()
        let rest = strong.isEmpty ? nil : LockDeadline(left)
        for requirement in strong {
            if let rest { try await acquire(requirement, within: rest, on: connection) }
        }
        for proof in ddl.proof {
            try await connection.script(unsafe: "\(rest?.settings ?? limits);\n\(proof)", timeout: timeout)
        }
        try await connection.run(
            ddl.attach, limits: limits, tighter: rest?.settings, timeout: timeout)
        if !ddl.handOver.isEmpty {
            try await proveBeforeHandOver(on: connection)
            for statement in ddl.handOver {
                try await connection.script(unsafe: "\(rest?.settings ?? limits);\n\(statement)", timeout: timeout)
            }
            // The deadline does not apply to COMMIT: a step that is complete must not fail just because time is up.
            try await connection.script(unsafe: limits)
        }
        if let proof = try spelled(PlacementProof.statement(action, published: published)) {
            try await connection.script(unsafe: proof, timeout: timeout)
        }
        return .commit(StepResult())
    }

    private func acquire(
        _ lock: LockRequirement, within deadline: LockDeadline, on connection: Connection
    ) async throws(PostgresError) {
        let role = action.role(for: lock)
        try await deadline.acquire(
            lock, as: role.name, isNeeded: role.isNeeded, on: connection, timeout: step.limits.clientTimeout)
    }

    /// That code of the parent's owner, which has run since the partition was created, has given it nothing more. Of the
    /// rest `handOver` is the proof.
    private func proveBeforeHandOver(on connection: Connection) async throws(PostgresError) {
        guard let found = try await TemplateReader(connection: connection).read(action.partition) else { return }
        var expected = found
        expected.triggers = action.template.triggers
        expected.policies = action.template.policies
        expected.rowSecurity = action.template.rowSecurity
        expected.forceRowSecurity = action.template.forceRowSecurity
        expected.relation = action.template.relation
        let doubts = found.differences(from: expected) + found.localObjects.map { "it has \($0.definition) of its own" }
        guard let doubt = doubts.first else { return }
        throw PostgresError(
            .server,
            "\(action.partition) is not as it was created, and was not given to \(action.template.owner): \(doubt)",
            hint: "code of \(action.parentOwner) that attaching it runs has changed it")
    }

    // MARK: - Rechecks

    /// Within the transaction it is done by the work, as soon as it holds the parent's lock: before, nothing is certain.
    func recheck(on connection: Connection) async throws(PostgresError) -> String? {
        await connection.isInTransaction ? nil : try await recheckAll(on: connection)
    }

    private func recheckAll(on connection: Connection) async throws(PostgresError) -> String? {
        if let changed = try await recheckTable(on: connection) { return changed }
        if let changed = try await recheckTemplate(on: connection) { return changed }
        return try await recheckName(on: connection)
    }

    private func recheckTable(on connection: Connection) async throws(PostgresError) -> String? {
        action.supersession(by: try await PartitionReader(connection: connection).table(named: action.parent))
    }

    /// Compares the sibling with what the plan has read of it: a privilege that was revoked on it since then must not
    /// be granted on the new partition, and what its policies use must not have come into other hands. To be called
    /// before any lock is held for which readers or writers would wait, because the server locks the sibling (ACCESS
    /// SHARE) to print its policies, within the step's `lock_timeout`.
    private func recheckTemplate(on connection: Connection) async throws(PostgresError) -> String? {
        let sibling = action.template.relation
        var template = try await TemplateReader(connection: connection).read(sibling)
        if sibling == action.parent { template = template?.forFirstPartition }
        // An index that the sibling got in the meantime would not be copied anyway.
        template?.localObjects = action.template.localObjects
        if template == action.template { return nil }
        if let code = template?.foreignCode { return "\(code.explanation(copiedAs: action.parentOwner)); run again" }
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

    func cure(for failure: ServerFailure) -> Cure? {
        // The DEFAULT partition contains rows of the range.
        if failure.sqlState == .checkViolation, let rest = action.defaultPartition {
            return "\(rest) holds rows of \(action.range): move them out of it, then run again"
        }
        switch failure.failureClass {
        case .timeout:
            return action.defaultPartition.map {
                "\($0) could not be scanned within \(step.limits.lockDeadline), while its writers wait: "
                    + "empty it, or raise lock_timeout for a quiet hour"
            } ?? "the server was too busy to attach an empty table in time: run again, or raise lock_timeout"
        // The server says which: no privilege on the schema, the tablespace or the database is missing by now.
        case .privilege:
            return
                "\(RelationName.quoted(action.parentOwner)) needs what the server names, such as EXECUTE on the functions of "
                + "the sibling's triggers and policies"
        default: return nil
        }
    }

    func cure(forMissing grants: Cure) -> Cure {
        action.template.owner.isSame(as: action.parentOwner)
            ? grants
            : "its siblings belong to \(action.template.owner): give them the owner of \(action.parent); or "
                + "let our role act as both: \(grants)"
    }

    func workInView(on connection: Connection) async throws(PostgresError) -> WorkInView? {
        guard let table = try await PartitionReader(connection: connection).table(named: action.parent) else {
            return nil
        }
        let sibling = action.template.relation
        return WorkInView(table: table, template: sibling == action.parent ? nil : sibling)
    }
}
