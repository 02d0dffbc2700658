import DatabaseAccess
import SQLText
import SchemaDesign

/// What a database has of the schema, and what can be done about the rest.
package struct SchemaDiagnosis: Sendable {
    package let verification: SchemaVerification
    package let plan: SchemaPlan
    /// The state that golang-migrate has recorded.
    package let records: [GolangMigrateRecord]
    /// How many migrations this schema has: a higher number in a record counts the files of another folder.
    package let migrationCount: Int
    /// Whether a number there of another folder of migrations becomes that of this schema.
    package var takesOverMigrations = false
    /// The rights that the connected role lacks for executing the plan; none if there is nothing to execute.
    package let missingPrivileges: [MissingPrivilege]
    /// The schema that all of it is about.
    let identity: SchemaIdentity

    /// For the steps of the plan: they are not to come upon another schema of its name, or of an extension's.
    func pin(of schema: String) -> SchemaPin {
        var pin = SchemaPin([schema: identity.pinned])
        // Where the migration puts extensions that are missing.
        let homes = ["public"] + verification.live.extensionSchemas.values.compactMap { NameList.first(of: $0)?.name }
        for home in homes { pin.add(home, .anyOrNone) }
        return pin
    }
}
