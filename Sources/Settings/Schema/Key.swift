/// One key of a mapping: what it is called, how it is read, written, overridden and documented.
struct Key<Target: Sendable>: Sendable {
    let name: String
    let about: String
    let isRequired: Bool
    /// Continues "expected …".
    let expected: String
    /// Takes the value over, or records why not.
    let decode: @Sendable (YAMLNode, _ path: String, inout Target, inout DecodingRecord) -> Void
    /// nil leaves the key out.
    let render: @Sendable (Target) -> YAMLValue?
    /// Of this value, or of those within it.
    let overrides: [Override<Target>]
    /// The keys of the mapping behind this key, if it is one.
    let names: [String]
    /// Of this key and those within it; the target has the defaults.
    let outlines: @Sendable (Target, _ path: String) -> [KeyOutline]
}

extension Key {
    typealias Field<Value> = WritableKeyPath<Target, Value> & Sendable

    /// A key with one scalar behind it.
    static func value<Value>(
        _ name: String, _ field: Field<Value>, _ format: ValueFormat<Value>, variable: String? = nil,
        isRequired: Bool = false, _ about: String
    ) -> Key {
        let override = variable.map { variable in
            Override<Target>(variable: variable, path: name) { text, target in
                guard let value = format.parse(text) else { return format.complaint(about: text) }
                target[keyPath: field] = value
                return nil
            }
        }
        return Key(
            name: name, about: about, isRequired: isRequired, expected: format.expected,
            decode: { node, path, target, record in
                if let value = format.decode(node, at: path, &record) { target[keyPath: field] = value }
            },
            render: { format.render($0[keyPath: field]) },
            overrides: override.map { [$0] } ?? [], names: [],
            outlines: { blank, path in
                let text = isRequired ? nil : format.render(blank[keyPath: field])?.inOneLine
                return [
                    KeyOutline(
                        path: path, expected: format.expected, isRequired: isRequired, defaultText: text,
                        variable: variable, about: about)
                ]
            })
    }

    /// A key with a list of names behind it, at least one and none of them twice.
    static func names(
        _ name: String, _ field: Field<[String]>, of object: String, variable: String? = nil, _ about: String
    ) -> Key {
        let list = NameList(object: object)
        let override = variable.map { variable in
            Override<Target>(variable: variable, path: name) { text, target in
                switch list.parse(text) {
                case .success(let names): target[keyPath: field] = names
                case .failure(let complaint): return complaint.message
                }
                return nil
            }
        }
        return Key(
            name: name, about: about, isRequired: false, expected: list.expected,
            decode: { node, path, target, record in
                if let names = list.decode(node, at: path, &record) { target[keyPath: field] = names }
            },
            render: { .list($0[keyPath: field].map { .text($0) }) },
            overrides: override.map { [$0] } ?? [], names: [],
            outlines: { blank, path in
                let text = YAMLValue.list(blank[keyPath: field].map { .text($0) }).inOneLine
                return [
                    KeyOutline(
                        path: path, expected: list.expected, isRequired: false, defaultText: text,
                        variable: variable, about: about)
                ]
            })
    }

    /// A mapping whose keys set what belongs to the same target.
    static func section(
        _ name: String, isRequired: Bool = false, _ section: Section<Target>, _ about: String
    ) -> Key {
        Key(
            name: name, about: about, isRequired: isRequired, expected: "a mapping",
            decode: { node, path, target, record in
                // A heading with nothing under it is as if it were not there.
                guard isRequired || !node.isNull else { return }
                section.decode(node, at: path, into: &target, &record)
            },
            render: { .mapping(section.render($0)) },
            overrides: section.overrides.map { inner in
                Override(variable: inner.variable, path: "\(name).\(inner.path)", apply: inner.apply)
            },
            names: section.keys.map(\.name),
            outlines: { blank, path in
                [.heading(path, "a mapping", isRequired, about)] + section.outlines(blank, at: path)
            })
    }

    /// A mapping that makes a value which is missing without it; `blank` has the defaults.
    static func optionalSection<Value: Sendable>(
        _ name: String, _ field: Field<Value?>, blank: Value, _ section: Section<Value>, _ about: String
    ) -> Key {
        Key(
            name: name, about: about, isRequired: false, expected: "a mapping",
            decode: { node, path, target, record in
                guard !node.isNull else { return }
                var value = blank
                section.decode(node, at: path, into: &value, &record)
                target[keyPath: field] = value
            },
            render: { $0[keyPath: field].map { .mapping(section.render($0)) } },
            overrides: [], names: [],
            outlines: { _, path in [.heading(path, "a mapping", false, about)] + section.outlines(blank, at: path) })
    }

    /// A list of mappings. `blank` has an element's defaults, and nothing that stands for its required keys.
    static func list<Element: Sendable>(
        _ name: String, _ field: Field<[Element]>, blank: Element, atLeastOne: Bool = false,
        _ section: Section<Element>, _ about: String
    ) -> Key {
        let expected = atLeastOne ? "a list of at least one mapping" : "a list of mappings"
        return Key(
            name: name, about: about, isRequired: false, expected: expected,
            decode: { node, path, target, record in
                switch node.content {
                case .refused: break
                case .sequence(let nodes) where !(atLeastOne && nodes.isEmpty):
                    target[keyPath: field] = nodes.enumerated().map { index, node in
                        var element = blank
                        section.decode(node, at: "\(path)[\(index)]", into: &element, &record)
                        return element
                    }
                    record.accept(path, from: node.mark)
                case .scalar where node.isNull: break
                case .sequence: record.miss(node.mark, path, "expected \(expected), found an empty list")
                default: record.refuse(node.mark, path, "expected \(expected), found \(node.found)")
                }
            },
            render: { target in .list(target[keyPath: field].map { .mapping(section.render($0)) }) },
            overrides: [], names: [],
            outlines: { _, path in
                [.heading(path, expected, false, about)] + section.outlines(blank, at: path + "[]")
            })
    }

    /// A list of mappings that means something else when it is missing than when it is empty.
    static func optionalList<Element: Sendable>(
        _ name: String, _ field: Field<[Element]?>, blank: Element, _ section: Section<Element>, _ about: String
    ) -> Key {
        let list = Key<Listing<Element>>.list(name, \.elements, blank: blank, section, about)
        return Key(
            name: name, about: about, isRequired: false, expected: list.expected,
            decode: { node, path, target, record in
                guard !node.isNull else { return }
                var listing = Listing<Element>(elements: [])
                list.decode(node, path, &listing, &record)
                target[keyPath: field] = listing.elements
            },
            render: { target in target[keyPath: field].flatMap { list.render(Listing(elements: $0)) } },
            overrides: [], names: [],
            outlines: { _, path in list.outlines(Listing(elements: []), path) })
    }
}

/// What an optional list is read into before it counts as given.
private struct Listing<Element: Sendable>: Sendable {
    var elements: [Element]
}

extension KeyOutline {
    /// Of a key that only holds others.
    static func heading(
        _ path: String, _ expected: String, _ isRequired: Bool, _ about: String
    ) -> KeyOutline {
        KeyOutline(
            path: path, expected: expected, isRequired: isRequired, defaultText: nil, variable: nil, about: about)
    }
}
