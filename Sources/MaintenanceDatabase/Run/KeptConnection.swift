import Maintenance
import PostgresClient

/// The connection that a run leaves for the next one in its database: its locks are given back, and no code of owners has run
/// in it. The next run proves whatever it relies on anew; what it saves is a session whose server has yet to read the catalog.
package struct KeptConnection: Sendable {
    private let connection: Connection
    private let definition: DatabaseDefinition
    /// Collects what the server says in it.
    let notices: NoticeLog

    init(_ connection: Connection, of definition: DatabaseDefinition, notices: NoticeLog) {
        self.connection = connection
        self.definition = definition
        self.notices = notices
    }

    /// The connection with the settings that it began with, if it answers, and a run with that definition would have opened
    /// the same; else it is closed.
    func connection(for definition: DatabaseDefinition) async -> Connection? {
        notices.clear()
        do throws(PostgresError) {
            if definition == self.definition, !connection.isBroken {
                try await connection.script(unsafe: connection.settingsScript, timeout: Self.answerTimeout)
                return connection
            }
        } catch {
            // Another connection tells what is wrong.
            await connection.close()
            return nil
        }
        await connection.close()
        return nil
    }

    private static let answerTimeout = Duration.seconds(15)

    package func close() async {
        await connection.close()
    }
}
