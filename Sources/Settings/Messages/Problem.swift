/// One thing that is wrong, or doubtful, with the configuration.
package struct Problem: Hashable, Sendable {
    /// The place to correct.
    package let source: ConfigurationSource
    /// Which value, as `databases[0].partitions.sets[1].interval`; empty for the text as a whole, and where the
    /// source already names the value.
    package let path: String
    /// What was expected and what was found. Never holds a secret.
    package let message: String

    package init(source: ConfigurationSource, path: String = "", message: String) {
        self.source = source
        self.path = path
        self.message = message
    }
}

extension Problem: CustomStringConvertible {
    /// `file:line:column: path: message`, or the source's own form before the message.
    package var description: String {
        path.isEmpty ? "\(source): \(message)" : "\(source): \(path): \(message)"
    }
}

/// The configuration cannot be used. Every problem that was found, in order of place; at least one.
package struct SettingsError: Error, Hashable, Sendable {
    package let problems: [Problem]
}

extension SettingsError: CustomStringConvertible {
    /// One problem a line.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
