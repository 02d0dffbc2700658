import PostgresClient

/// Sessions for what each test does, such as making its database: psql would be a process and a backend every time, which
/// cost half as much as the work. As many as tests have been at it at once; they end with the test process.
actor KeptSessions {
    private var idle: [Connection] = []

    func execute(_ sql: String, conninfo: String) async throws {
        let session: Connection
        if let kept = idle.popLast() {
            session = kept
        } else {
            session = try await Connection.open(
                ConnectionInfo(parsing: conninfo), options: SessionOptions(applicationName: "tests"))
        }
        do {
            try await session.script(unsafe: sql)
        } catch {
            await session.close()
            throw error
        }
        idle.append(session)
    }
}
