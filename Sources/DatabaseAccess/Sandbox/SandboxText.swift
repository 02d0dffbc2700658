import EmbeddedSQL

/// The statements around those of a sandbox: they are the same whatever runs in it.
enum SandboxText {
    static let enter = EmbeddedSQL.queryWithoutComments("run/sandbox/enter")
    static let call = EmbeddedSQL.queryWithoutComments("run/sandbox/call")
    static let settle = EmbeddedSQL.queryWithoutComments("run/sandbox/settle")
    static let witness = EmbeddedSQL.queryWithoutComments("run/sandbox/witness")
}
