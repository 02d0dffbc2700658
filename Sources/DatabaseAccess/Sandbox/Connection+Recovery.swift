import PostgresClient

extension Connection {
    /// Ends what code of others may have left in the session when its transaction was rolled back: statements that it has
    /// prepared, locks that it has taken. No transaction may be open. Works in a cancelled task, too, whose end is still to
    /// be recorded.
    ///
    /// - Parameter numbers: of pgtend's advisory locks that the session should have. Those that it still has it keeps
    ///   throughout; the others somebody else may have by now.
    package func recover(keeping numbers: [Int64]) async throws(PostgresError) {
        let own = "{\(numbers.map(String.init).joined(separator: ","))}"
        let hold = "\(SandboxText.hold) AND l.objid::bigint = ANY ('\(own)'::bigint[])"
        do throws(PostgresError) {
            let answers = try await results(
                ofScript: ["RESET ALL", settingsScript, Self.beginReadWrite, hold].joined(separator: ";\n"),
                evenIfCancelled: true)
            var held: [Int64] = []
            for row in answers.last ?? [] { held.append(try row.decode("number")) }
            try await script(
                unsafe: (Sandbox.discard + SandboxText.retake(held) + ["COMMIT"]).joined(separator: ";\n"),
                evenIfCancelled: true)
        } catch {
            if isInTransaction { try await script(unsafe: "ROLLBACK", evenIfCancelled: true) }
            throw error
        }
        record.isSoiled = false
    }
}
