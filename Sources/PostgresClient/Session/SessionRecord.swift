/// What the server has said of a session once, and need not be asked again as long as it lasts.
package struct SessionRecord: Sendable {
    /// What there was in it before any code of others ran in it: rows of text. Nil until somebody has asked.
    package var facts: Set<[String?]>?
    /// The search_path of each role's own sessions, by the bytes of its name: Swift's `==` takes some names for the same
    /// that the server does not.
    package var searchPaths: [[UInt8]: String] = [:]
    /// Whether code of others has run in it that has not been proved to have left nothing, since it failed.
    package var isSoiled = false
    /// The plans that it keeps; nil where it keeps none.
    package var plans: KeptPlans?
}
