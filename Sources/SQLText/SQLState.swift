/// A five-character SQLSTATE code, as listed in the appendix "PostgreSQL Error Codes" of the manual.
package struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// The class of the code: its first two characters.
    package var errorClass: String { String(rawValue.prefix(2)) }

    package var description: String { rawValue }
}

extension SQLState {
    /// `08006`
    package static let connectionFailure = SQLState("08006")
    /// `08P01`: also pgbouncer's answer to anything that it refuses.
    package static let protocolViolation = SQLState("08P01")
    /// `0A000`
    package static let featureNotSupported = SQLState("0A000")
    /// `21000`: also rows that are there twice in what refreshes a materialized view concurrently.
    package static let cardinalityViolation = SQLState("21000")
    /// `22021`: bytes that are not of the encoding.
    package static let characterNotInRepertoire = SQLState("22021")
    /// `22023`
    package static let invalidParameterValue = SQLState("22023")
    /// `23502`
    package static let notNullViolation = SQLState("23502")
    /// `23503`
    package static let foreignKeyViolation = SQLState("23503")
    /// `23505`
    package static let uniqueViolation = SQLState("23505")
    /// `23514`: also raised for a row that fits no partition, and for a default partition that holds rows of a new one.
    package static let checkViolation = SQLState("23514")
    /// `25006`
    package static let readOnlySQLTransaction = SQLState("25006")
    /// `25P02`
    package static let inFailedSQLTransaction = SQLState("25P02")
    /// `25P04`: `transaction_timeout`, from PostgreSQL 17 on.
    package static let transactionTimeout = SQLState("25P04")
    /// `28000`: no `pg_hba.conf` entry, a role that may not log in, a peer name that does not match.
    package static let invalidAuthorization = SQLState("28000")
    /// `28P01`
    package static let invalidPassword = SQLState("28P01")
    /// `2BP01`: other objects depend on the one to be dropped.
    package static let dependentObjectsStillExist = SQLState("2BP01")
    /// `3D000`: the database does not exist.
    package static let invalidCatalogName = SQLState("3D000")
    /// `3F000`: the schema does not exist.
    package static let invalidSchemaName = SQLState("3F000")
    /// `40001`
    package static let serializationFailure = SQLState("40001")
    /// `40P01`
    package static let deadlockDetected = SQLState("40P01")
    /// `42501`: also raised by `row_security = off` where a policy would have filtered rows.
    package static let insufficientPrivilege = SQLState("42501")
    /// `42601`
    package static let syntaxError = SQLState("42601")
    /// `42703`
    package static let undefinedColumn = SQLState("42703")
    /// `42704`
    package static let undefinedObject = SQLState("42704")
    /// `42809`
    package static let wrongObjectType = SQLState("42809")
    /// `42883`
    package static let undefinedFunction = SQLState("42883")
    /// `42P01`
    package static let undefinedTable = SQLState("42P01")
    /// `42P06`
    package static let duplicateSchema = SQLState("42P06")
    /// `42P07`
    package static let duplicateTable = SQLState("42P07")
    /// `42P10`: among others, no unique constraint matches an ON CONFLICT clause.
    package static let invalidColumnReference = SQLState("42P10")
    /// `42P17`: among others, partition bounds that overlap.
    package static let invalidObjectDefinition = SQLState("42P17")
    /// `53100`
    package static let diskFull = SQLState("53100")
    /// `53300`
    package static let tooManyConnections = SQLState("53300")
    /// `54000`
    package static let programLimitExceeded = SQLState("54000")
    /// `55000`: among others, a concurrent refresh of a view that was never populated.
    package static let objectNotInPrerequisiteState = SQLState("55000")
    /// `55006`
    package static let objectInUse = SQLState("55006")
    /// `55P03`: `lock_timeout` expired, or NOWAIT found the lock held.
    package static let lockNotAvailable = SQLState("55P03")
    /// `57014`: cancelled by a request, or by `statement_timeout`.
    package static let queryCanceled = SQLState("57014")
    /// `57P01`: the backend was terminated, or the server is shutting down.
    package static let adminShutdown = SQLState("57P01")
    /// `57P02`
    package static let crashShutdown = SQLState("57P02")
    /// `57P03`: the server is starting up, shutting down, or recovering.
    package static let cannotConnectNow = SQLState("57P03")
    /// `57P05`
    package static let idleSessionTimeout = SQLState("57P05")
    /// `25P03`
    package static let idleInTransactionSessionTimeout = SQLState("25P03")
    /// `58030`
    package static let ioError = SQLState("58030")
    /// `XX000`: among others, a catalog function was asked about a table that has been dropped since the snapshot.
    package static let internalError = SQLState("XX000")
}
