import Maintenance
import PostgresClient

extension ServerFailure {
    /// - Parameter eventTrigger: as the catalog tells it: "event trigger e calls f() of role r".
    package static func foreign(eventTrigger: String) -> ServerFailure {
        ServerFailure(
            failureClass: .refused,
            message:
                "\(eventTrigger), which is no superuser: its code would run at each DDL of pgtend's, with the rights "
                + "of pgtend's role",
            cure: "have a superuser take the function (ALTER FUNCTION ... OWNER TO), or ALTER EVENT TRIGGER ... DISABLE"
        )
    }
}

extension Connection {
    /// - Throws: where an event trigger runs code of somebody who is neither a superuser nor our role: it would fire at
    ///   each DDL statement of ours.
    package func refuseForeignEventTrigger() async throws(ServerFailure) {
        let trigger: String?
        do throws(PostgresError) {
            trigger = try await row(MigrationQuery.server()).decodeIfPresent("foreign_event_trigger")
        } catch {
            throw ServerFailure(error)
        }
        if let trigger { throw .foreign(eventTrigger: trigger) }
    }
}
