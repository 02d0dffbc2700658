extension String {
    /// The same text on one line, safe to write to a terminal: whatever would move the cursor, start a control
    /// sequence, break the line, hide itself or turn the direction of writing is written as an escape (`\n`,
    /// `\u{1b}`). A backslash stays as it is; the text is for eyes, not for reading back.
    package var visible: String {
        guard unicodeScalars.contains(where: \.isTreacherous) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.isTreacherous: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension String {
    /// Its lines, each safe to write to a terminal.
    package var visibleLines: [String] {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).visible }
    }
}

extension Unicode.Scalar {
    /// Control and format characters and the two line separators: the C0 and C1 sets with ESC and CSI, DEL,
    /// zero-width characters and the bidirectional overrides.
    var isTreacherous: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
