import EmbeddedSQL
import Maintenance
import PostgresClient

extension ServerFailure {
    /// A migration that failed: which, where in it, and what of it remains.
    init(_ error: PostgresError, in migration: Migration) {
        self.init(error)
        let file = migration.fileName
        switch failureClass {
        case .connection:
            message =
                "the connection was lost during \(file), which has been applied as a whole or not at all: \(message)"
            cure = "apply the schema again: it goes on behind the last migration that was committed"
        case .cancelled:
            message = "told to stop during \(file), of which nothing remains"
            cure = "apply the schema again: it goes on with this migration"
        default:
            let line = error.position.map { ", line \(Self.line(of: $0, in: migration.text))" } ?? ""
            let remainder =
                migration.number == 1
                ? "nothing was changed" : "nothing of this migration remains, all before it are applied"
            message = "\(file)\(line): \(message); \(remainder)"
            if error.context.map(Self.isOwnRaise) ?? false { detail = error.detail }
        }
    }

    /// A migration that refuses by RAISE says all that there is to say; its place in a DO block helps nobody.
    private static func isOwnRaise(_ context: String) -> Bool {
        context.hasPrefix("PL/pgSQL function inline_code_block") && context.hasSuffix("at RAISE")
    }

    /// - Parameter position: in characters from 1, as the server counts.
    private static func line(of position: Int, in text: String) -> Int {
        1 + text.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" }
    }
}
