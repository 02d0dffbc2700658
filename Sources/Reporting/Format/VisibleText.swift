extension String {
    /// The text on one line, safe to write to a terminal: control characters, line breaks, invisible characters and
    /// those that change the direction of writing are escaped (`\n`, `\u{1b}`). A backslash is not escaped, so the
    /// result cannot be parsed back.
    package var visible: String {
        guard unicodeScalars.contains(where: \.isUnsafeInTerminal) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.isUnsafeInTerminal: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension String {
    /// The lines of the text, each escaped like ``visible``.
    package var visibleLines: [String] {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).visible }
    }
}

extension Unicode.Scalar {
    /// Whether it is a control or format character or one of the two Unicode line separators: C0 and C1 with ESC and
    /// CSI, DEL, zero-width characters and the bidirectional overrides.
    var isUnsafeInTerminal: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
