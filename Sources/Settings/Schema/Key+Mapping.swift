import Maintenance

extension Key {
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
                Override(source: inner.source, path: "\(name).\(inner.path)", given: inner.given, set: inner.set)
            },
            names: section.keys.map(\.name), validate: section.validate,
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
            validate: { target, path, validation in
                if let value = target[keyPath: field] { section.validate(value, at: path, &validation) }
            },
            outlines: { _, path in [.heading(path, "a mapping", false, about)] + section.outlines(blank, at: path) })
    }

    /// A list of mappings. `blank` has an element's defaults, and nothing that stands for its required keys.
    static func list<Element: Sendable>(
        _ name: String, _ field: Field<[Element]>, blank: Element, identifiedBy identity: ElementIdentity<Element>,
        atLeastOne: Bool = false, _ section: Section<Element>, _ about: String
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
            outlines: { _, path in
                [.heading(path, expected, false, about)] + section.outlines(blank, at: path + "[]")
            })
    }

    /// A list of mappings that means something else when it is missing than when it is empty.
    static func optionalList<Element: Sendable>(
        _ name: String, _ field: Field<[Element]?>, blank: Element, identifiedBy identity: ElementIdentity<Element>,
        _ section: Section<Element>, _ about: String
    ) -> Key {
        let list = Key<Listing<Element>>.list(
            name, \.elements, blank: blank, identifiedBy: identity, section, about)
        return Key(
            name: name, about: about, isRequired: false, expected: list.expected,
            decode: { node, path, target, record in
                guard !node.isNull else { return }
                var listing = Listing<Element>(elements: [])
                list.decode(node, path, &listing, &record)
                target[keyPath: field] = listing.elements
            },
            render: { target in target[keyPath: field].flatMap { list.render(Listing(elements: $0)) } },
            validate: { target, path, validation in
                if let elements = target[keyPath: field] {
                    list.validate(Listing(elements: elements), path, &validation)
                }
            },
            outlines: { _, path in list.outlines(Listing(elements: []), path) })
    }
}

extension Key<DatabaseDefinition> {
    /// The keys of one kind of task: a section that is called as the task is.
    static func task(_ task: TaskKind, _ section: Section<DatabaseDefinition>, _ about: String) -> Key {
        .section(task.rawValue, section, about)
    }
}

/// What an optional list is read into before it counts as given.
private struct Listing<Element: Sendable>: Sendable {
    var elements: [Element]
}
