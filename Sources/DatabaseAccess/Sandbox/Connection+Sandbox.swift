import PostgresClient
import SQLText

extension Connection {
    /// Runs a sandbox in the transaction that is open, in two round trips, and proves that the session is as it was before
    /// any code of others ran in it: its role, every setting, what was made in it. What it has of advisory locks is
    /// released: the locks of pgtend's belong into another session. The transaction is to be rolled back on any error.
    ///
    /// - Parameters:
    ///   - limits: the `SET LOCAL` statements of the transaction.
    ///   - tighter: what limits the sandbox beyond that, while it holds locks that others wait for.
    ///   - timeout: how long the client waits for a server that does not answer at all.
    /// - Returns: the value of the sandbox's setting `answer`, if it has one.
    @discardableResult
    package func run(
        _ sandbox: Sandbox, limits: String, tighter: String? = nil, timeout: Duration? = nil
    ) async throws(PostgresError) -> String? {
        let tighter = tighter ?? limits
        let path = try await prepare(sandbox, limits: tighter, timeout: timeout)
        let work = try spelled(sandbox.work(path: path))
        let cleanup = sandbox.cleanup(settings: settingsScript, limits: tighter, isLast: true)
        let after = try await answers(to: work + cleanup + witness + [limits], timeout: timeout)
        try await requireUnchanged(after.last)
        return sandbox.hasAnswer ? try after.dropFirst().first?.first?.decodeIfPresent("answer") : nil
    }

    /// Runs the first sandbox of a transaction that is open and that runs another one at its end. Until then the session
    /// has its own settings and its role, so that statements of ours may follow, but nothing is proved yet, and what is
    /// deferred is not done: the transaction must not be committed.
    ///
    /// - Parameter limits: the `SET LOCAL` statements of the transaction.
    package func begin(
        _ sandbox: Sandbox, limits: String, timeout: Duration? = nil
    ) async throws(PostgresError) {
        let path = try await prepare(sandbox, limits: limits, timeout: timeout)
        let work = try spelled(sandbox.work(path: path))
        let cleanup = sandbox.cleanup(settings: settingsScript, limits: limits, isLast: false)
        _ = try await answers(to: work + cleanup, timeout: timeout)
    }

    /// Reads a list in a sandbox, in a transaction of its own that can write nothing and is rolled back, and proves that
    /// the session is as it was. No transaction may be open.
    ///
    /// - Parameters:
    ///   - statements: of ours, which that transaction begins with, such as those of ``KnownTable``.
    ///   - limits: the `SET LOCAL` statements of that transaction.
    ///   - timeout: how long the client waits for a server that does not answer at all.
    package func read(
        _ sandbox: Sandbox, after statements: [String] = [], limits: String, timeout: Duration? = nil
    ) async throws(PostgresError) -> [String] {
        do throws(PostgresError) {
            let path = try await prepare(
                sandbox, after: [Self.beginReadWrite, limits] + statements, limits: limits, timeout: timeout)
            let work = try spelled(sandbox.work(path: path))
            let after = try await answers(
                to: work + ["ROLLBACK", Self.beginReadWrite] + Sandbox.leftovers + witness + ["ROLLBACK"],
                timeout: timeout)
            try await requireUnchanged(after.last)
            guard let list: String = try after.dropFirst().first?.first?.decode("list"),
                let values = [String](arrayText: list)
            else { throw PostgresError(.shape, "the sandbox returned no list") }
            return values
        } catch {
            if isInTransaction {
                let leaving = (["ROLLBACK"] + Sandbox.leftovers).joined(separator: "; ")
                try await script(unsafe: leaving, evenIfCancelled: true)
            }
            throw error
        }
    }

    /// Sends what comes before the work, and keeps what it says of the session.
    ///
    /// - Returns: the search_path of the statements.
    private func prepare(
        _ sandbox: Sandbox, after beginning: [String] = [], limits: String, timeout: Duration?
    ) async throws(PostgresError) -> String {
        record.isSoiled = true
        var statements = beginning + [SandboxText.seed]
        if record.facts == nil { statements += ["DISCARD TEMPORARY"] + witness }
        var path = sandbox.knownPath ?? record.searchPaths[sandbox.roleKey]
        if path == nil { statements.append(try spelled(sandbox.pathQuestion)) }
        let before = try await answers(to: statements + [limits] + sandbox.preparation, timeout: timeout)

        if record.facts == nil { record.facts = try SandboxWitness.facts(before.dropFirst().first) }
        if path == nil {
            path = try before.last?.first?.decode("path")
            record.searchPaths[sandbox.roleKey] = path
        }
        return path ?? ""
    }

    /// The settings are made anew first, so that what limits the transaction is not among them.
    private var witness: [String] { ["RESET ALL", settingsScript, SandboxText.witness] }

    private func requireUnchanged(_ rows: [Row]?) async throws(PostgresError) {
        try SandboxWitness(before: record.facts ?? [], after: SandboxWitness.facts(rows)).requireUnchanged()
        if try SandboxWitness.countOfPlans(rows) != record.plans?.count ?? 0 { try await forgetPlans() }
        record.isSoiled = false
    }

    /// Code that it ran has said DEALLOCATE, which is no harm.
    private func forgetPlans() async throws(PostgresError) {
        try await script(unsafe: "DEALLOCATE ALL", evenIfCancelled: true)
        record.plans?.forget()
    }

    private func answers(to statements: [String], timeout: Duration?) async throws(PostgresError) -> [[Row]] {
        do throws(PostgresError) {
            return try await results(ofScript: statements.joined(separator: ";\n"), timeout: timeout)
        } catch {
            guard error.sqlState == .transactionTimeout else { throw error }
            // Our own sessions have none.
            var error = error
            error.message = "code that it ran has set transaction_timeout, by which the session of pgtend ended"
            error.hint = "look for transaction_timeout in its triggers and functions, and in what they set"
            throw error
        }
    }
}
