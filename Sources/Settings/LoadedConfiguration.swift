/// A configuration, what is doubtful in it, and who said what.
package struct LoadedConfiguration: Hashable, Sendable {
    package var configuration: Configuration
    /// Accepted, but worth a word to the operator; in order of place.
    package var warnings: [Problem]
    /// The file that was read, if any.
    package var file: String?
    /// By path (`databases[0].lock_timeout`, numbered as in `configuration`); a path that is not here is built in.
    package var sources: [String: ConfigurationSource]

    /// As `Configuration.rendered()`, with a comment at each value that is not built in.
    package func rendered() -> String {
        configuration.rendered { sources[$0]?.description }
    }
}
