/// An event of libyaml's parser as a Swift value.
struct YAMLEvent {
    let mark: Mark
    let kind: Kind
    /// An anchor (`&name`) or a tag (`!name`) before the node: what YAML calls node properties.
    let property: Property?

    enum Kind {
        case documentStart
        case documentEnd
        case scalar(String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
        case alias
        case streamStart
        case streamEnd
    }

    enum Property {
        case anchor
        case tag
    }
}

/// Why a text is not valid YAML, or which part of YAML is not accepted here.
struct YAMLError: Error, Hashable {
    let mark: Mark
    let message: String
}
