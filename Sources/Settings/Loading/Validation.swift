/// Checks values against each other that are valid by themselves, once the environment and the command line have
/// overridden the file. Defaults, and values that were refused already, are never reported.
struct Validation {
    /// By path; a value that was refused has none.
    let sources: [String: ConfigurationSource]
    private(set) var problems: [Problem] = []

    init(sources: [String: ConfigurationSource]) {
        self.sources = sources
    }

    /// Reports one of `contradictions`, which are ways to put the same problem: the first one whose key was given.
    /// `path` is that of any key of the mapping to which their keys belong.
    mutating func report(_ contradictions: [Contradiction], beside path: String) {
        let mapping = path.lastIndex(of: ".").map { String(path[...$0]) } ?? ""
        for contradiction in contradictions {
            let place = mapping + contradiction.key
            guard let source = sources[place] else { continue }
            return report(place, source, contradiction.message)
        }
    }

    /// Of several elements with the same identity, all but the first are reported.
    mutating func reportDuplicates<Element>(
        in elements: [Element], at path: String, _ identity: ElementIdentity<Element>
    ) {
        var first: [String: ConfigurationSource] = [:]
        for (index, element) in elements.enumerated() {
            let (place, name) = ("\(path)[\(index)].\(identity.key)", identity.name(element))
            guard let source = sources[place] else { continue }
            if let earlier = first[name] {
                let message = "duplicate \(identity.noun) \(Quotation.of(name)) (first at \(earlier.shortDescription))"
                report(place, source, message)
            } else {
                first[name] = source
            }
        }
    }

    private mutating func report(_ path: String, _ source: ConfigurationSource, _ message: String) {
        // The name of a variable, or of a flag, says already which value is meant.
        let isInFile = if case .file = source { true } else { false }
        problems.append(Problem(source: source, path: isInFile ? path : "", message: message))
    }
}

/// One way to put that two values contradict each other: the key to correct, and what was expected and found there.
struct Contradiction {
    let key: String
    let message: String
}
