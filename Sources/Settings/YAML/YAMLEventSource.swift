import CLibYAML

/// libyaml's parser on a buffer that has to outlive it. The parser is freed with this value.
struct YAMLEventSource: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeBufferPointer<UInt8>

    /// `bytes` must be UTF-8, and stay valid for the lifetime of this value.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
        self.bytes = bytes
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw YAMLError(mark: Mark(line: 1, column: 1), message: "out of memory")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event. Must not be called again after an error, nor after the end of the stream.
    mutating func next() throws(YAMLError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw parserError() }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(
            mark: Mark(event.start_mark), kind: Self.kind(of: event), property: Self.property(of: event))
    }

    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return .alias
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
        // YAML_NO_EVENT comes only after the end of the stream.
        default: return .streamEnd
        }
    }

    private static func property(of event: yaml_event_t) -> YAMLEvent.Property? {
        let (anchor, tag): (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?) =
            switch event.type {
            case YAML_SCALAR_EVENT: (event.data.scalar.anchor, event.data.scalar.tag)
            case YAML_SEQUENCE_START_EVENT: (event.data.sequence_start.anchor, event.data.sequence_start.tag)
            case YAML_MAPPING_START_EVENT: (event.data.mapping_start.anchor, event.data.mapping_start.tag)
            default: (nil, nil)
            }
        return anchor != nil ? .anchor : tag != nil ? .tag : nil
    }

    /// libyaml's own message and position, except for errors that it describes badly: a tab, which it calls "a
    /// character", and a `*` or `@` at the beginning of a cron expression without quotes.
    private func parserError() -> YAMLError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "out of memory"
        guard state.error != YAML_READER_ERROR else {
            // For an encoding error libyaml gives only an offset in bytes.
            let before = String(decoding: bytes.prefix(state.problem_offset), as: UTF8.self)
            return YAMLError(mark: Mark(after: before.unicodeScalars), message: "not valid YAML: \(problem)")
        }
        let mark = Mark(state.problem_mark)
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
        switch scalars.dropFirst(state.problem_mark.index).first {
        case "\t":
            return YAMLError(mark: mark, message: "expected spaces, found a tab: YAML is not indented with tabs")
        case "@": return YAMLError(mark: mark, message: "a text that begins with @ stands in quotes")
        default: break
        }
        guard let context = state.context.map({ String(cString: $0) }), !context.isEmpty else {
            return YAMLError(mark: mark, message: "not valid YAML: \(problem)")
        }
        if context == "while scanning an alias" {
            return YAMLError(mark: Mark(state.context_mark), message: "a text that begins with * stands in quotes")
        }
        let line = state.context_mark.line + 1
        let begun = line == mark.line ? "" : " that began at line \(line)"
        return YAMLError(mark: mark, message: "not valid YAML: \(problem) (\(context)\(begun))")
    }
}

extension Mark {
    /// libyaml counts from 0.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}
