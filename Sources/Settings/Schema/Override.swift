/// An environment variable that sets one value of a target.
struct Override<Target>: Sendable {
    let variable: String
    /// Of the value, from the target on.
    let path: String
    /// Sets the value, or says why the text is not one.
    let apply: @Sendable (_ text: String, inout Target) -> String?
}
