import Maintenance

extension Key {
    /// A mapping whose keys set values of the same target.
    static func section(
        _ name: String, isRequired: Bool = false, _ section: Section<Target>, _ meaning: String
    ) -> Key {
        Key(
            name: name, meaning: meaning, isRequired: isRequired, expected: "a mapping",
            decode: { node, path, target, context in
                // A key with nothing after it counts as absent.
                guard isRequired || !node.isNull else { return }
                section.decode(node, at: path, into: &target, &context)
            },
            render: { target in
                let values = section.render(target)
                return values.isEmpty ? nil : .mapping(values)
            },
            overrides: section.overrides.map { inner in
                Override(source: inner.source, path: "\(name).\(inner.path)", given: inner.given, set: inner.set)
            },
            innerKeys: section.keys.map(\.name), validate: section.validate,
            documentation: { defaults, path in
                [.heading(path, "a mapping", isRequired, meaning)] + section.documentation(defaults, at: path)
            })
    }

    /// A mapping for an optional value: nil if the key is absent, `defaults` if the mapping is empty.
    static func optionalSection<Value: Sendable>(
        _ name: String, _ field: Field<Value?>, defaults: Value, _ section: Section<Value>, _ meaning: String
    ) -> Key {
        Key(
            name: name, meaning: meaning, isRequired: false, expected: "a mapping",
            decode: { node, path, target, context in
                guard !node.isNull else { return }
                var value = defaults
                section.decode(node, at: path, into: &value, &context)
                target[keyPath: field] = value
            },
            render: { $0[keyPath: field].map { .mapping(section.render($0)) } },
            validate: { target, path, validation in
                if let value = target[keyPath: field] { section.validate(value, at: path, &validation) }
            },
            documentation: { _, path in
                [.heading(path, "a mapping", false, meaning)] + section.documentation(defaults, at: path)
            })
    }

    /// A list of mappings. `defaults` is the element for an empty mapping, with placeholders for required keys.
    static func list<Element: Sendable>(
        _ name: String, _ field: Field<[Element]>, defaults: Element, identifiedBy identity: ElementIdentity<Element>,
        atLeastOne: Bool = false, _ section: Section<Element>, _ meaning: String
    ) -> Key {
        let expected = atLeastOne ? "a list of at least one mapping" : "a list of mappings"
        return Key(
            name: name, meaning: meaning, isRequired: false, expected: expected,
            decode: { node, path, target, context in
                switch node.content {
                case .refused: break
                case .sequence(let nodes) where !(atLeastOne && nodes.isEmpty):
                    target[keyPath: field] = nodes.enumerated().map { index, node in
                        var element = defaults
                        section.decode(node, at: "\(path)[\(index)]", into: &element, &context)
                        return element
                    }
                    context.accept(path, from: node.mark)
                case .scalar where node.isNull: break
                case .sequence: context.reportMissing(node.mark, path, "expected \(expected), found an empty list")
                default: context.refuse(node.mark, path, "expected \(expected), found \(node.found)")
                }
            },
            render: { target in
                .mappings(
                    target[keyPath: field].map {
                        YAMLValue.Element(name: identity.name($0), fields: section.render($0))
                    })
            },
            validate: { target, path, validation in
                let elements = target[keyPath: field]
                validation.reportDuplicates(in: elements, at: path, identity)
                for (index, element) in elements.enumerated() {
                    section.validate(element, at: "\(path)[\(index)]", &validation)
                }
            },
            documentation: { _, path in
                [.heading(path, expected, false, meaning)] + section.documentation(defaults, at: path + "[]")
            })
    }

    /// A list of mappings that distinguishes between absent (nil) and empty.
    static func optionalList<Element: Sendable>(
        _ name: String, _ field: Field<[Element]?>, defaults: Element, identifiedBy identity: ElementIdentity<Element>,
        _ section: Section<Element>, _ meaning: String
    ) -> Key {
        let list = Key<Listing<Element>>.list(
            name, \.elements, defaults: defaults, identifiedBy: identity, section, meaning)
        return Key(
            name: name, meaning: meaning, isRequired: false, expected: list.expected,
            decode: { node, path, target, context in
                guard !node.isNull else { return }
                var listing = Listing<Element>(elements: [])
                list.decode(node, path, &listing, &context)
                target[keyPath: field] = listing.elements
            },
            render: { target in target[keyPath: field].flatMap { list.render(Listing(elements: $0)) } },
            validate: { target, path, validation in
                if let elements = target[keyPath: field] {
                    list.validate(Listing(elements: elements), path, &validation)
                }
            },
            documentation: { _, path in list.documentation(Listing(elements: []), path) })
    }
}

/// A substitute target with a field that is not optional, for decoding an optional list.
private struct Listing<Element: Sendable>: Sendable {
    var elements: [Element]
}
