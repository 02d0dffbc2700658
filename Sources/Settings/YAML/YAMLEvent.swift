/// What libyaml's parser says next, as a Swift value.
struct YAMLEvent {
    let mark: Mark
    let kind: Kind
    /// `&name` or a `!tag` stands before the node.
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

/// Why a text cannot be read as YAML, or what of YAML is not taken here.
struct YAMLError: Error, Hashable {
    let mark: Mark
    let message: String
}
