import Maintenance
import Reporting
import SchemaManagement

extension Confirmation {
    /// Has the change of a database's schema confirmed, and asks the server for the database's own name before that.
    ///
    /// - Returns: nil once it is confirmed; otherwise the reason has been written, and nothing may be changed.
    func refuse(
        _ definition: DatabaseDefinition, for applicationName: String, to deed: String
    ) async throws(ServerFailure) -> ExitStatus? {
        let database = try await SchemaDatabase.name(definition.conninfo, applicationName)
        if let obstacle = obstacle(database) {
            StandardError.write(obstacle)
            return .usage
        }
        if given == nil {
            StandardOutput.write("database \(database.visible), configured as \(definition.name.visible)")
        }
        guard let refusal = refusal(database, to: deed) else { return nil }
        StandardError.write(refusal)
        return .usage
    }
}
