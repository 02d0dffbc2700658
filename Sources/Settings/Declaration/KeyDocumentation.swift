/// The entry of a key in the reference (`docs/configuration.md`).
package struct KeyDocumentation: Hashable, Sendable {
    /// Such as `databases[].partitions.sets[].premake`.
    package let path: String
    /// Which values are valid.
    package let expected: String
    package let isRequired: Bool
    /// The default as it would be written in the file; nil if there is none.
    package let defaultText: String?
    /// The environment variable that overrides it.
    package let variable: String?
    package let meaning: String

    /// Every key of the configuration file, in the order of the file.
    package static var all: [KeyDocumentation] { ConfigurationKeys.file.documentation(Configuration(), at: "") }
}

extension KeyDocumentation {
    /// For a key whose value is a mapping, or a list of mappings.
    static func heading(
        _ path: String, _ expected: String, _ isRequired: Bool, _ meaning: String
    ) -> KeyDocumentation {
        KeyDocumentation(
            path: path, expected: expected, isRequired: isRequired, defaultText: nil, variable: nil, meaning: meaning)
    }
}
