import SQLText

/// What to do about something that pgtend does not do. Written as a string, it is advice.
package struct Cure: Hashable, Sendable {
    package var kind: Kind
    /// When each of them is right, or what they are for.
    package var introduction: String?
    /// Each of them is enough.
    package var alternatives: [String]

    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// SQL as it stands.
        case statement
        /// What the entry of the database in the configuration has to hold: YAML in one line.
        case configuration
        /// Something to look at, to decide or to wait for.
        case advice
    }

    package init(_ kind: Kind, introduction: String? = nil, _ alternatives: [String]) {
        self.kind = kind
        self.introduction = introduction
        self.alternatives = alternatives
    }

    package static func statement(_ statements: String...) -> Cure { Cure(.statement, statements) }

    package static func advice(_ text: String) -> Cure { Cure(.advice, [text]) }

    /// What a person sees in front of it: whether it can be done as it stands, or only says what to think of.
    package var label: String { kind == .advice ? "advice" : "cure" }

    package var labelled: String { "\(label): \(self)" }
}

extension Cure: CustomStringConvertible {
    package var description: String {
        (introduction.map { "\($0): " } ?? "") + alternatives.joined(separator: " or ")
    }
}

extension Cure: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self = .advice(value)
    }

    /// Its text goes on: for what takes more than a line.
    package static func + (left: Cure, right: String) -> Cure {
        var cure = left
        cure.alternatives = left.alternatives.dropLast() + [(left.alternatives.last ?? "") + right]
        return cure
    }
}

extension Cure {
    /// An entry of a list in a section of the configuration of the database.
    ///
    /// - Parameter entries: each of them is enough; keys and values of one, the values as YAML has them.
    static func configuration(
        _ section: String, _ list: String, introduction: String = "in the configuration of the database",
        _ entries: [[(key: String, value: String)]]
    ) -> Cure {
        let lines = entries.map { entry in
            "\(section): {\(list): [{\(entry.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}]}"
        }
        return Cure(.configuration, introduction: introduction, lines)
    }

    /// A string as YAML has it wherever it stands.
    static func yaml(_ text: String) -> String {
        let escaped = text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "\"", "\\": escaped += "\\\(scalar)"
            case "\n": escaped += "\\n"
            case "\t": escaped += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                escaped += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\"\(escaped)\""
    }
}
