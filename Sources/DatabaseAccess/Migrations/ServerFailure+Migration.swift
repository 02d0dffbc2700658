import EmbeddedSQL
import Maintenance
import PostgresClient

extension ServerFailure {
    /// The failure of a migration, with its name, the file and line, and what remains of it.
    ///
    /// - Parameter offset: how many characters were sent before the migration, in the same message.
    package init(_ error: PostgresError, in migration: Migration, after offset: Int) {
        self.init(error)
        let label = migration.label
        switch failureClass {
        case .connection:
            message =
                "the connection was lost during \(label), which has been applied as a whole or not at all: \(message)"
            cure = "apply the schema again: it goes on behind the last migration that was committed"
        case .cancelled:
            message = "told to stop during \(label), of which nothing remains"
            cure = "apply the schema again: it goes on with this migration"
        default:
            let place =
                error.position.map { migration.place(of: $0 - offset) }.map { "\($0.path), line \($0.line)" } ?? label
            let remainder =
                migration.number == 1
                ? "nothing was changed" : "nothing of this migration remains, all before it are applied"
            message = "\(place): \(message); \(remainder)"
            if error.context.map(Self.isRaiseOfMigration) ?? false { detail = error.detail }
        }
    }

    /// Whether a CONTEXT is that of a RAISE in a DO block. Its message is written for the user, so that the CONTEXT
    /// adds nothing.
    package static func isRaiseOfMigration(_ context: String) -> Bool {
        context.hasPrefix("PL/pgSQL function inline_code_block") && context.hasSuffix("at RAISE")
    }
}
