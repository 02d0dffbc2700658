/// What a reader of the reference has to know about one key.
package struct KeyDocumentation: Hashable, Sendable {
    /// `databases[].partitions.sets[].premake`.
    package let path: String
    /// What is expected there.
    package let expected: String
    package let isRequired: Bool
    /// As the file would write it; nil when there is none.
    package let defaultText: String?
    /// The environment variable that overrides it.
    package let variable: String?
    package let meaning: String

    /// Every key of the configuration file, in the order of the file.
    package static var all: [KeyDocumentation] { ConfigurationKeys.file.documentation(Configuration(), at: "") }
}

extension KeyDocumentation {
    /// Of a key that only holds others.
    static func heading(
        _ path: String, _ expected: String, _ isRequired: Bool, _ meaning: String
    ) -> KeyDocumentation {
        KeyDocumentation(
            path: path, expected: expected, isRequired: isRequired, defaultText: nil, variable: nil, meaning: meaning)
    }
}
