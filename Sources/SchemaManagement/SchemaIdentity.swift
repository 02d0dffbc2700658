import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Which schema has a name, and since when.
struct SchemaIdentity: Hashable, Sendable {
    /// nil where there is none.
    let oid: Int?
    /// Another one once it was renamed, given away or granted, be it taken back since.
    private let version: String?

    fileprivate init(_ row: Row?) throws(PostgresError) {
        oid = try row?.decode("oid")
        version = try row?.decode("version")
    }

    /// The one that has to have the name still, when a transaction begins to work in it.
    var pinned: SchemaPin.Identity { SchemaPin.Identity(found: oid) }
}

extension Connection {
    func identity(of schema: String) async throws(PostgresError) -> SchemaIdentity {
        try SchemaIdentity(await optionalRow(SchemaQuery.identity(schema)))
    }

    /// Has `body` ask about a schema in several transactions, and proves that all of it was about the same one: whoever owns it
    /// could show another for as long as one of these takes. Asked up to three times; no transaction may be open.
    ///
    /// - Parameter body: is given the schema that has the name. It must change nothing.
    func asking<Value>(
        about schema: String, _ body: (SchemaIdentity) async throws(ServerFailure) -> Value
    ) async throws(ServerFailure) -> Value {
        for _ in 1...3 {
            let before = try await self.knownIdentity(of: schema)
            let value = try await body(before)
            if try await self.knownIdentity(of: schema) == before { return value }
        }
        throw .replaced(schema)
    }

    /// As `identity(of:)`, before anything is changed.
    func knownIdentity(of schema: String) async throws(ServerFailure) -> SchemaIdentity {
        do throws(PostgresError) {
            return try await identity(of: schema)
        } catch {
            throw ServerFailure(error)
        }
    }
}

extension ServerFailure {
    /// It was another by the time that something was to be done.
    static func replaced(_ schema: String) -> ServerFailure {
        ServerFailure(
            failureClass: .refused,
            message: "schema \(RelationName.quoted(schema)) was renamed, granted or given away while it was looked at; "
                + "nothing was changed",
            cure: "look at who does that, then repeat the command")
    }
}

extension PostgresError {
    /// As the failure of that name, in a transaction.
    static func replaced(_ schema: String) -> PostgresError {
        let failure = ServerFailure.replaced(schema)
        return PostgresError(.server, failure.message, hint: failure.cure?.description)
    }
}
