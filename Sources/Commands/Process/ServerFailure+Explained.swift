import Maintenance
import Reporting

extension ServerFailure {
    /// The sentence with its SQLSTATE, what the server added, and what to do: a line each, safe for a terminal.
    var explained: String {
        var lines = [description]
        if let detail { lines.append("  detail: \(detail)") }
        if let hint { lines.append("  hint: \(hint)") }
        if let cure { lines.append("  what to do: \(cure)") }
        return lines.map(\.visible).joined(separator: "\n")
    }
}
