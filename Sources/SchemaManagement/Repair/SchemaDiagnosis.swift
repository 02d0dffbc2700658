import DatabaseAccess
import Maintenance
import SchemaDesign

/// What a database has of the schema, and what can be done about the rest.
package struct SchemaDiagnosis: Sendable {
    package let verification: SchemaVerification
    package let plan: SchemaPlan
    /// What golang-migrate believes.
    package let records: [GolangMigrateRecord]
    /// What the role that asked lacks for executing the plan; none where there is nothing to execute.
    package let missingRights: [MissingRight]
}
