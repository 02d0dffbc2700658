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
