/// A problem with the configuration, or a warning about it.
package struct Problem: Hashable, Sendable {
    /// The place to correct.
    package let source: ConfigurationSource
    /// The path of the value, such as `databases[0].partitions.sets[1].interval`; empty for the file as a whole, and if
    /// the source identifies the value.
    package let path: String
    /// What was expected and what was found. Never contains a secret.
    package let message: String

    package init(source: ConfigurationSource, path: String = "", message: String) {
        self.source = source
        self.path = path
        self.message = message
    }
}

extension Problem: CustomStringConvertible {
    /// `file:line:column: path: message`, or the description of another source before the message.
    package var description: String {
        path.isEmpty ? "\(source): \(message)" : "\(source): \(path): \(message)"
    }
}

/// The problems of an invalid configuration: at least one, sorted by `ConfigurationSource`.
package struct SettingsError: Error, Hashable, Sendable {
    package let problems: [Problem]
}

extension SettingsError: CustomStringConvertible {
    /// One line for each problem.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
