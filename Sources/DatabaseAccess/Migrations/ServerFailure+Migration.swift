import EmbeddedSQL
import Maintenance
import PostgresClient

extension ServerFailure {
    /// A migration that failed: which, where in it, and what of it remains.
    package init(_ error: PostgresError, in migration: Migration) {
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
            let place = error.position.map(migration.place).map { "\($0.path), line \($0.line)" } ?? label
            let remainder =
                migration.number == 1
                ? "nothing was changed" : "nothing of this migration remains, all before it are applied"
            message = "\(place): \(message); \(remainder)"
            if error.context.map(Self.isRaiseOfMigration) ?? false { detail = error.detail }
        }
    }

    /// A migration that refuses by RAISE says all that there is to say; its place in a DO block helps nobody.
    package static func isRaiseOfMigration(_ context: String) -> Bool {
        context.hasPrefix("PL/pgSQL function inline_code_block") && context.hasSuffix("at RAISE")
    }
}
