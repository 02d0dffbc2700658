extension String {
    /// Whether both are the same bytes, as the server compares texts and names: Swift's `==` considers a composed and a
    /// decomposed "é" equal, and the sign of the kelvin a K.
    package func isSame(as other: String?) -> Bool { other.map { utf8.elementsEqual($0.utf8) } ?? false }
}

extension String? {
    /// Whether both are the same bytes, or neither is there.
    package func isSame(as other: String?) -> Bool { map { $0.isSame(as: other) } ?? (other == nil) }
}

extension Collection<String> {
    /// Whether one of them has the same bytes.
    package func containsSame(as text: String?) -> Bool { contains { $0.isSame(as: text) } }

    /// Each of them once, sorted; both byte by byte.
    package var distinctTexts: [String] {
        sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.reduce(into: []) { texts, text in
            if !text.isSame(as: texts.last) { texts.append(text) }
        }
    }
}
