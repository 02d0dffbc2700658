import Glibc

/// A database that is prepared once for a cluster and cloned for each test: a clone takes some 50 ms, whatever the
/// preparation took.
package struct Template: Sendable {
    let name: String
    let prepare: @Sendable (TestDatabase) async throws -> Void

    /// Declare each template once, as a constant: the name is its identity. Leave no connection open in `prepare`, or
    /// no test can clone it.
    package init(_ name: String, prepare: @escaping @Sendable (TestDatabase) async throws -> Void) {
        self.name = name
        self.prepare = prepare
    }
}

actor Templates {
    private var made: [String: Task<String, any Error>] = [:]

    func name(of template: Template, on cluster: Cluster) async throws -> String {
        if let made = made[template.name] { return try await made.value }
        let making = Task {
            // The cluster may outlive this process, and another may be testing at the same time.
            let database = TestDatabase(cluster: cluster, name: "template_\(getpid())_\(template.name)")
            try await database.create(from: "template0")
            try await template.prepare(database)
            return database.name
        }
        made[template.name] = making
        return try await making.value
    }
}
