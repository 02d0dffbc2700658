/// A YAML document as a tree of nodes, with its YAML errors.
///
/// What was read before a syntax error is kept, so that mistakes before it are reported as well. Anchors, aliases and
/// tags are refused: a configuration does not need them, and without aliases a small file cannot expand into a huge
/// tree.
struct YAMLDocument {
    /// nil if the text contains no value.
    private(set) var root: YAMLNode?
    private(set) var errors: [YAMLError] = []
    /// Where reading stopped because of an error; nil if everything was read. What seems to be missing may come after
    /// it, and what was read on its line may be wrong only because of the error.
    private(set) var stop: Mark?

    /// The limit of nested lists and mappings. The configuration needs 7.
    private static let maximumDepth = 32

    init(_ bytes: [UInt8]) {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: byteOrderMark) ? bytes[3...] : bytes[...]
        if let error = Self.encodingError(in: text) {
            stop(at: error)
            return
        }
        text.withUnsafeBufferPointer { buffer in
            do throws(YAMLError) {
                var source = try YAMLEventSource(buffer)
                readStream(&source)
            } catch {
                stop(at: error)
            }
        }
    }

    private mutating func readStream(_ source: inout YAMLEventSource) {
        while let event = next(&source) {
            switch event.kind {
            case .streamEnd: return
            case .streamStart, .documentEnd: continue
            case .documentStart:
                if root != nil {
                    let message = "expected one document, found a second one: everything belongs in one mapping"
                    return stop(at: YAMLError(mark: event.mark, message: message))
                }
            default: root = node(from: event, &source, depth: 0)
            }
        }
    }

    private mutating func node(from event: YAMLEvent, _ source: inout YAMLEventSource, depth: Int) -> YAMLNode {
        let content: YAMLNode.Content =
            switch event.kind {
            case .scalar(let text, let isPlain): .scalar(text, isPlain: isPlain)
            case .sequenceStart: sequence(&source, from: event, depth: depth)
            case .mappingStart: mapping(&source, from: event, depth: depth)
            default: .refused
            }
        if let message = Self.errorMessage(for: event) {
            errors.append(YAMLError(mark: event.mark, message: message))
            return YAMLNode(mark: event.mark, content: .refused)
        }
        return YAMLNode(mark: event.mark, content: content)
    }

    private mutating func sequence(
        _ source: inout YAMLEventSource, from start: YAMLEvent, depth: Int
    ) -> YAMLNode.Content {
        guard checkDepth(start, depth) else { return .refused }
        var elements: [YAMLNode] = []
        while let event = next(&source) {
            if case .sequenceEnd = event.kind { break }
            elements.append(node(from: event, &source, depth: depth + 1))
        }
        return .sequence(elements)
    }

    private mutating func mapping(
        _ source: inout YAMLEventSource, from start: YAMLEvent, depth: Int
    ) -> YAMLNode.Content {
        guard checkDepth(start, depth) else { return .refused }
        var entries: [YAMLNode.Entry] = []
        while let event = next(&source) {
            if case .mappingEnd = event.kind { break }
            let key = node(from: event, &source, depth: depth + 1)
            guard let event = next(&source) else { break }
            entries.append(YAMLNode.Entry(key: key, value: node(from: event, &source, depth: depth + 1)))
        }
        return .mapping(entries)
    }

    /// The next event; nil after an error, since the parser must not be called again then.
    private mutating func next(_ source: inout YAMLEventSource) -> YAMLEvent? {
        guard stop == nil else { return nil }
        do throws(YAMLError) {
            return try source.next()
        } catch {
            stop(at: error)
            return nil
        }
    }

    private mutating func stop(at error: YAMLError) {
        errors.append(error)
        stop = error.mark
    }

    private mutating func checkDepth(_ event: YAMLEvent, _ depth: Int) -> Bool {
        guard depth == Self.maximumDepth else { return true }
        stop(at: YAMLError(mark: event.mark, message: "expected at most \(Self.maximumDepth) levels, found more"))
        return false
    }

    private static func errorMessage(for event: YAMLEvent) -> String? {
        if case .alias = event.kind { return "an alias (*name) is not taken here: write the value out" }
        return switch event.property {
        case .anchor: "an anchor (&name) is not taken here: write the value out where it is needed"
        case .tag: "a tag (!name) is not taken here: write the value alone"
        case nil: nil
        }
    }

    private static func encodingError(in bytes: ArraySlice<UInt8>) -> YAMLError? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var before: [Unicode.Scalar] = []
        while case .valid(let encoded) = parser.parseScalar(from: &rest) {
            before.append(Unicode.UTF8.decode(encoded))
        }
        return YAMLError(mark: Mark(after: before), message: "expected UTF-8, found bytes that are not")
    }
}
