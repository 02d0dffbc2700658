/// What `plan` and `run` say in the same words of watched schemas that do not exist.
package enum MissingSchemas {
    package static let cure =
        "create it, or name the schemas to watch: --schema NAME, PGTEND_SCHEMAS, or schemas: in the configuration"
}
