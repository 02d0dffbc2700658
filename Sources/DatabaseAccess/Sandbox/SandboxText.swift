import EmbeddedSQL
import SQLText

/// The statements around those of a sandbox: they are the same whatever runs in it.
enum SandboxText {
    static let enter = EmbeddedSQL.queryWithoutComments("run/sandbox/enter")
    static let read = EmbeddedSQL.queryWithoutComments("run/sandbox/read")
    // In a block, since a CALL stands in pg_stat_statements once for each procedure that there was.
    static let call = "DO 'BEGIN CALL pg_temp.pgtend_sandbox(); END'"
    static let callReading = EmbeddedSQL.queryWithoutComments("run/sandbox/call_reading")
    static let list = "SELECT pg_catalog.current_setting('pgtend.list') AS list"
    static let deallocate = EmbeddedSQL.queryWithoutComments("run/sandbox/deallocate")
    static let settle = EmbeddedSQL.queryWithoutComments("run/sandbox/settle")
    static let witness = EmbeddedSQL.queryWithoutComments("run/sandbox/witness")

    /// What `random()` says in the code of one owner is not for another owner's code to know beforehand.
    static var seed: String { "SET seed = \(Double.random(in: 0..<1))" }

    /// - Parameter role: nil is the role that connected.
    static func path(of role: SQLIdentifier?) throws(SQLTextError) -> String {
        let name = if let role { try SQLLiteral(role.name).quoted } else { "session_user" }
        return EmbeddedSQL.queryWithoutComments("run/sandbox/path").replacing("$1", with: name)
    }
}
