import DatabaseAccess
import SchemaDesign

/// What a database has of the schema, and what can be done about the rest.
package struct SchemaDiagnosis: Sendable {
    package let verification: SchemaVerification
    package let plan: SchemaPlan
    /// The state that golang-migrate has recorded.
    package let records: [GolangMigrateRecord]
    /// The rights that the connected role lacks for executing the plan; none if there is nothing to execute.
    package let missingPrivileges: [MissingPrivilege]
}
