import DatabaseAccess
import EmbeddedSQL
import PostgresClient
import SQLText

extension Connection {
    /// The rows of a query on catalogs, whose texts may have no equivalent in UTF-8, which is all that a session of ours can
    /// be told: those are told by their bytes, as `caf\351`.
    ///
    /// In a database of no encoding (SQL_ASCII) they are those that are no UTF-8. In one of another encoding nothing but the
    /// attempt says that there are any; where it has failed, they are all that are not ASCII. No transaction may be open.
    ///
    /// - Parameter query: made for a form.
    func rows(_ query: (EscapedText.Form) -> Statement) async throws(PostgresError) -> [Row] {
        do throws(PostgresError) {
            return try await limited(query(.noUTF8))
        } catch {
            guard error.sqlState == .untranslatableCharacter else { throw error }
            return try await limited(query(.anythingButASCII))
        }
    }

    /// Within a minute: nothing limits the length of what the catalogs hold.
    private func limited(_ query: Statement) async throws(PostgresError) -> [Row] {
        try await inReadOnlySnapshot { () async throws(PostgresError) in try await rows(query) }
    }
}

extension SQLState {
    /// `22P05`: UTF-8 has no equivalent of a text of the database.
    static let untranslatableCharacter = SQLState(rawValue: "22P05")
}

/// A column of text that may be told by its bytes.
struct EscapedText {
    let column: String
    /// Whether no other text may look like an escaped one: one with a backslash is escaped, too. Otherwise what is escaped
    /// says so.
    var isName = false

    /// What is escaped.
    enum Form {
        case noUTF8, anythingButASCII
    }

    static let mark = " (no UTF-8)"

    /// What is selected of the query `q`.
    func selection(_ form: Form) -> String {
        let text = "q.\(column)"
        let isOdd =
            switch form {
            case .noUTF8: "getdatabaseencoding() = 'SQL_ASCII' AND (\(text) !~ '\(Self.utf8)'\(isName ? or(text) : ""))"
            case .anythingButASCII: "\(text) !~ '^[\\x01-\\x7f]*$'\(isName ? or(text) : "")"
            }
        return "CASE WHEN \(isOdd) THEN encode(convert_to(\(text), 'SQL_ASCII'), 'escape')"
            + "\(isName ? "" : " || '\(Self.mark)'") ELSE \(text) END AS \(column)"
    }

    private func or(_ text: String) -> String { " OR strpos(\(text), '\\') > 0" }

    private static let utf8 =
        #"^(?:[\x01-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"#
        + #"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})*$"#
}

extension SchemaQuery {
    /// - Parameters:
    ///   - texts: its columns of text.
    ///   - others: its other columns.
    ///   - parameters: those of the query.
    func escaping(
        _ texts: [EscapedText], _ others: [String], _ form: EscapedText.Form, _ parameters: (any StatementParameter)?...
    ) -> Statement {
        let columns = texts.map { $0.selection(form) } + others.map { "q.\($0)" }
        let query = EmbeddedSQL.query(Self.folder + rawValue)
        return Statement(
            unsafe: "SELECT \(columns.joined(separator: ", "))\nFROM (\n\(query)\n) AS q", parameters: parameters)
    }
}
