extension String {
    /// The output of a JSON encoder with unsafe scalars as `\uXXXX`. The encoder escapes C0 only, but terminals interpret
    /// C1 as well. They occur only inside JSON strings, where the escape means the same; a line feed only outside of them.
    package var visibleJSON: String {
        guard unicodeScalars.contains(where: \.isUnsafeInTerminal) else { return self }
        return unicodeScalars.reduce(into: "") { result, scalar in
            guard scalar.isUnsafeInTerminal, scalar != "\n" else { return result.unicodeScalars.append(scalar) }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }
}
