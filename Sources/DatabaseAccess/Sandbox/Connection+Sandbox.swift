import PostgresClient
import SQLText

/// That a transaction has run a sandbox, which another one has to follow.
package struct SandboxBeginning: Sendable {
    /// The advisory locks that the transaction holds.
    fileprivate let held: [Int64]
}

extension Connection {
    /// Runs a sandbox in the transaction that is open, in two round trips, and proves that the session is as it was before
    /// any code of others ran in it: its role, every setting, what was made in it. It holds its advisory locks throughout.
    /// The transaction is to be rolled back on any error; whether the session still has its locks is not known then.
    ///
    /// - Parameters:
    ///   - limits: the `SET LOCAL` statements of the transaction.
    ///   - tighter: what limits the sandbox beyond that, while it holds locks that others wait for.
    ///   - beginning: what `begin` has returned for another sandbox, before this one, in the same transaction.
    ///   - timeout: how long the client waits for a server that does not answer at all.
    /// - Returns: the value of the sandbox's setting `answer`, if it has one.
    @discardableResult
    package func run(
        _ sandbox: Sandbox, limits: String, tighter: String? = nil, after beginning: SandboxBeginning? = nil,
        timeout: Duration? = nil
    ) async throws(PostgresError) -> String? {
        let tighter = tighter ?? limits
        let (held, path) = try await prepare(sandbox, held: beginning?.held, limits: tighter, timeout: timeout)
        let work = try spelled(sandbox.work(path: path))
        let cleanup = sandbox.cleanup(settings: settingsScript, limits: tighter, isLast: true)
        let after = try await answers(
            to: work + cleanup + SandboxText.retake(held) + witness + [limits], timeout: timeout)
        try requireUnchanged(after.last)
        return sandbox.hasAnswer ? try after.dropFirst().first?.first?.decodeIfPresent("answer") : nil
    }

    /// Runs the first sandbox of a transaction that is open and that runs another one at its end. Until then the session
    /// has its own settings and its role, so that statements of ours may follow, but nothing is proved yet, and what is
    /// deferred is not done: the transaction must not be committed.
    ///
    /// - Parameter limits: the `SET LOCAL` statements of the transaction.
    package func begin(
        _ sandbox: Sandbox, limits: String, timeout: Duration? = nil
    ) async throws(PostgresError) -> SandboxBeginning {
        let (held, path) = try await prepare(sandbox, limits: limits, timeout: timeout)
        let work = try spelled(sandbox.work(path: path))
        let cleanup = sandbox.cleanup(settings: settingsScript, limits: limits, isLast: false)
        _ = try await answers(to: work + cleanup, timeout: timeout)
        return SandboxBeginning(held: held)
    }

    /// Reads a list in a sandbox, in a transaction of its own that can write nothing and is rolled back, and proves that
    /// the session is as it was. No transaction may be open.
    ///
    /// - Parameters:
    ///   - limits: the `SET LOCAL` statements of that transaction.
    ///   - timeout: how long the client waits for a server that does not answer at all.
    package func read(
        _ sandbox: Sandbox, limits: String, timeout: Duration? = nil
    ) async throws(PostgresError) -> [String] {
        do throws(PostgresError) {
            let (held, path) = try await prepare(
                sandbox, after: [Self.beginReadWrite], limits: limits, timeout: timeout)
            let work = try spelled(sandbox.work(path: path))
            let after = try await answers(
                to: work + SandboxText.retake(held) + ["ROLLBACK", Self.beginReadWrite, "DEALLOCATE ALL"] + witness
                    + ["ROLLBACK"], timeout: timeout)
            try requireUnchanged(after.last)
            guard let list: String = try after.dropFirst().first?.first?.decode("list"),
                let values = [String](arrayText: list)
            else { throw PostgresError(.shape, "the sandbox returned no list") }
            return values
        } catch {
            if isInTransaction { try await self.script(unsafe: "ROLLBACK; DEALLOCATE ALL", evenIfCancelled: true) }
            throw error
        }
    }

    /// Sends what comes before the work, and keeps what it says of the session.
    ///
    /// - Parameter known: the advisory locks that the transaction holds already.
    /// - Returns: the advisory locks that the transaction holds from then on, and the search_path of the statements.
    private func prepare(
        _ sandbox: Sandbox, after beginning: [String] = [], held known: [Int64]? = nil, limits: String,
        timeout: Duration?
    ) async throws(PostgresError) -> (held: [Int64], path: String) {
        record.isSoiled = true
        var statements = beginning + [SandboxText.seed] + (known == nil ? [SandboxText.hold] : [])
        if record.facts == nil { statements += ["DISCARD TEMPORARY"] + witness }
        var path = sandbox.knownPath ?? record.searchPaths[sandbox.roleKey]
        if path == nil { statements.append(try spelled(sandbox.pathQuestion)) }
        let before = try await answers(to: statements + [limits] + sandbox.preparation, timeout: timeout)

        if record.facts == nil { record.facts = try SandboxWitness.facts(before.dropFirst(2).first) }
        if path == nil {
            path = try before.last?.first?.decode("path")
            record.searchPaths[sandbox.roleKey] = path
        }
        if let known { return (known, path ?? "") }
        var held: [Int64] = []
        for row in before.first ?? [] { held.append(try row.decode("number")) }
        return (held, path ?? "")
    }

    /// The settings are made anew first, so that what limits the transaction is not among them.
    private var witness: [String] { ["RESET ALL", settingsScript, SandboxText.witness] }

    private func requireUnchanged(_ rows: [Row]?) throws(PostgresError) {
        try SandboxWitness(before: record.facts ?? [], after: SandboxWitness.facts(rows)).requireUnchanged()
        record.isSoiled = false
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
