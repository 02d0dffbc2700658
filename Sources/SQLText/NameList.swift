/// Names in what the server writes: one that is more than small letters, digits and underscores is in double quotes, and
/// so may hold whatever else stands between names.
package enum NameList {
    /// The parts of a list that the server has joined with `, `, each as it is written.
    package static func parts(of text: some StringProtocol) -> [Substring] {
        let text = Substring(text)
        guard !text.isEmpty else { return [] }
        var parts: [Substring] = []
        var (start, isQuoted) = (text.startIndex, false)
        for index in text.unicodeScalars.indices {
            switch text.unicodeScalars[index] {
            // A doubled quote within a name ends the quotes and begins them again.
            case "\"": isQuoted.toggle()
            case "," where !isQuoted && text[index...].hasPrefix(", "):
                parts.append(text[start..<index])
                start = text.unicodeScalars.index(index, offsetBy: 2)
            default: continue
            }
        }
        return parts + [text[start...]]
    }

    /// The name that the text begins with, and what follows it; nil where it begins with none.
    package static func first(of text: some StringProtocol) -> (name: String, rest: Substring)? {
        let text = Substring(text)
        let scalars = text.unicodeScalars
        guard scalars.first == "\"" else {
            let end = scalars.firstIndex { !isBare($0) } ?? scalars.endIndex
            return end == scalars.startIndex ? nil : (String(text[..<end]), text[end...])
        }
        var name = String.UnicodeScalarView()
        var index = scalars.index(after: scalars.startIndex)
        while index < scalars.endIndex {
            let next = scalars.index(after: index)
            if scalars[index] == "\"" {
                guard next < scalars.endIndex, scalars[next] == "\"" else { return (String(name), text[next...]) }
                index = next
            }
            name.append(scalars[index])
            index = scalars.index(after: index)
        }
        return nil
    }

    /// The names of a list that holds nothing but names.
    package static func names(of text: some StringProtocol) -> [String] {
        parts(of: text).compactMap { part in first(of: part).flatMap { $0.rest.isEmpty ? $0.name : nil } }
    }

    /// What `quote_ident` leaves without quotes, and PUBLIC.
    private static func isBare(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }
}
