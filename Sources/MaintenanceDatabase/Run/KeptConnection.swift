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

    /// The connection, if a run with that definition would have opened the same; else it is closed.
    func connection(for definition: DatabaseDefinition) async -> Connection? {
        notices.clear()
        if definition == self.definition, !connection.isBroken { return connection }
        await connection.close()
        return nil
    }

    package func close() async {
        await connection.close()
    }
}
